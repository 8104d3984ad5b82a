"""Reference values of weights and orderings by scikit-criteria 0.10 (not a dependency).

Run in this folder, in an environment with scikit-criteria: python criteria.py > criteria.csv
"""

import pandas as pd
from skcriteria import mkdm
from skcriteria.agg.topsis import TOPSIS
from skcriteria.preprocessing.weighters import CRITIC, EntropyWeighter


def main() -> None:
    print("table,method,code,value")
    for table in ("high_tech", "digital"):
        frame = pd.read_csv(f"{table}.csv", dtype={"adcode": str}).set_index("adcode")
        matrix = mkdm(frame.to_numpy(), [max] * frame.shape[1], criteria=list(frame.columns))
        for name, method in {
            "critic": CRITIC(correlation="pearson", scale=False),
            "entropy": EntropyWeighter(),
        }.items():
            for code, weight in method.transform(matrix).weights.items():
                print(f"{table},{name},{code},{weight:.12f}")
        equal = matrix.replace(weights=[1 / frame.shape[1]] * frame.shape[1])
        closeness = TOPSIS().evaluate(equal).e_.similarity
        for code, value in zip(frame.index, closeness, strict=True):
            print(f"{table},topsis,{code},{value:.12f}")


if __name__ == "__main__":
    main()
