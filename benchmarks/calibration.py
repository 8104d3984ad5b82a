"""Claim: every p, interval and verdict that the summary, atlas or report may print keeps its word.

Prints size, power and coverage by simulation on the bundled provinces, with Monte Carlo errors. A
first argument sets the runs of each question (0: its own), a second keeps to the claims whose name
holds it, a third is a CSV to write (docs/calibration.csv holds what the page on conclusions shows).
Stops with an error where a share leaves the bounds that are defended.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
import time
from collections.abc import Iterator

import calibrations
import pandas as pd
from calibrations._questions import Question


def questions(holding: str = "") -> Iterator[Question]:
    """Give the questions of every subject whose name holds some letters."""
    for module in sorted(module.name for module in pkgutil.iter_modules(calibrations.__path__)):
        if not module.startswith("_"):
            found = importlib.import_module(f"calibrations.{module}").QUESTIONS
            yield from (question for question in found if holding in question.name)


def table(runs: int | None = None, holding: str = "") -> pd.DataFrame:
    """Ask them all: a row a claim and world."""
    rows = []
    for question in questions(holding):
        start = time.perf_counter()
        found = list(question.answers(runs))
        rows += found
        print(f"{question.name}: {time.perf_counter() - start:.0f} s", file=sys.stderr, flush=True)
    return pd.DataFrame(rows)


if __name__ == "__main__":
    asked = int(sys.argv[1]) if len(sys.argv) > 1 else None
    told = table(asked or None, sys.argv[2] if len(sys.argv) > 2 else "")
    print(told.round(3).to_string(index=False, na_rep=""))
    if len(sys.argv) > 3:
        told.drop(columns="kept").round(4).to_csv(sys.argv[3], index=False, lineterminator="\n")
    left = told[told["kept"].eq(False)]
    if len(left):
        raise SystemExit(f"{len(left)} shares leave their bounds")
