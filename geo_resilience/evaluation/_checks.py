"""What a table of values and its weights must be before anything is calculated from them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping
from typing import TypeVar

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError, Problems, UndefinedError

#: The column of names in tables of results.
NAMES = "name"
_MOST_NAMED = 20

_Chosen = TypeVar("_Chosen")


def chosen(known: Mapping[str, _Chosen], found: str, option: str) -> _Chosen:
    """Give what the name of an option's choice stands for; raise where there is none of it."""
    if found not in known:
        raise InputError("evaluation.unknown_option", option=option, found=found, known=list(known))
    return known[found]


def row_text(label: Hashable) -> str:
    """Write a row's label as text: the parts of a MultiIndex joined by a comma."""
    return ", ".join(map(str, label)) if isinstance(label, tuple) else str(label)


def unique_codes(codes: Iterable[Hashable]) -> list[str]:
    """Give the codes as a list of text; raise when there is none or one stands twice."""
    found = [str(code) for code in codes]
    problems = Problems()
    if not found:
        problems.add("evaluation.no_codes")
    for code in (code for code, times in Counter(found).items() if times > 1):
        problems.add("evaluation.code_twice", code=code)
    problems.raise_if_any()
    return found


def _name_cells(frame: pd.DataFrame, wrong: np.ndarray, key: str) -> None:
    """Raise with the wrong cells named, the first twenty of them."""
    if not wrong.any():
        return
    problems = Problems()
    places = np.argwhere(wrong)
    for row, column in places[:_MOST_NAMED]:
        problems.add(
            key,
            row=row_text(frame.index[row]),
            column=frame.columns[column],
            found=frame.iat[row, column],
        )
    if len(places) > _MOST_NAMED:
        problems.add("evaluation.more_cells", count=len(places) - _MOST_NAMED)
    problems.raise_if_any()


def finite_values(values: pd.DataFrame) -> pd.DataFrame:
    """Give the values as floats; raise where a cell is no finite number or a label stands twice.

    Names of the rows, as the table of indicators has them beside its keys, are no values.
    """
    if not isinstance(values, pd.DataFrame):
        raise InputError("evaluation.not_a_frame", found=type(values).__name__)
    if NAMES in values and not pd.api.types.is_numeric_dtype(values[NAMES]):
        values = values.drop(columns=NAMES)
    unique_codes(values.columns)
    if not len(values):
        raise InputError("evaluation.no_rows")
    if not values.index.is_unique:
        twice = values.index[values.index.duplicated()].unique()[:_MOST_NAMED]
        raise InputError("evaluation.row_twice", rows=[row_text(label) for label in twice])
    if (values.dtypes == "float64").all():
        numbers = values.copy()
    else:
        numbers = values.apply(pd.to_numeric, errors="coerce").astype("float64")
    _name_cells(values, ~np.isfinite(numbers.to_numpy()), "evaluation.not_finite")
    return numbers


def unit_values(values: pd.DataFrame, *, most: float = 1.0) -> pd.DataFrame:
    """Give finite values that lie in [0, most]; raise with the cells that do not.

    A value beyond an end by no more than 1e-9 (rounding) is set to the end.
    """
    numbers = finite_values(values)
    cells = numbers.to_numpy()
    key = "evaluation.negative_value" if np.isinf(most) else "evaluation.not_in_unit"
    _name_cells(numbers, (cells < -1e-9) | (cells > most + 1e-9), key)
    return pd.DataFrame(cells.clip(0.0, most), numbers.index, numbers.columns)


def finite_scores(scores: pd.Series) -> pd.Series:
    """Give scores as floats with unique labels; raise where a cell is no finite number."""
    if not isinstance(scores, pd.Series):
        raise InputError("evaluation.not_a_series", what="scores", found=type(scores).__name__)
    return finite_values(scores.to_frame(name="scores")).iloc[:, 0].rename(scores.name)


def matched(found: Iterable[Hashable], codes: Iterable[Hashable], *, what: str) -> None:
    """Raise unless two sets of codes are the same; name what is missing or over."""
    given, known = dict.fromkeys(map(str, found)), dict.fromkeys(map(str, codes))
    over = [code for code in given if code not in known]
    lacking = [code for code in known if code not in given]
    problems = Problems()
    for code in lacking:
        problems.unknown("evaluation.code_missing", code, over, what=what)
    for code in over:
        problems.unknown("evaluation.code_unknown", code, lacking, what=what)
    problems.raise_if_any()


def aligned(series: pd.Series, codes: Iterable[Hashable], *, what: str) -> pd.Series:
    """Give a series by code in the order of the codes; raise when the codes do not match."""
    codes = list(codes)
    unique_codes(series.index)
    matched(series.index, codes, what=what)
    place = {str(code): at for at, code in enumerate(series.index)}
    return series.iloc[[place[str(code)] for code in codes]].set_axis(codes)


def means_within(table: pd.DataFrame, groups: Mapping[str, Collection[str]]) -> pd.DataFrame:
    """Give the means of the rows of each group; all unknown members are named."""
    problems = Problems()
    for group, members in groups.items():
        for member in members:
            if member not in table.index:
                problems.unknown("evaluation.member_unknown", member, table.index, group=group)
    problems.raise_if_any()
    means = {group: table.loc[list(members)].mean() for group, members in groups.items()}
    return pd.DataFrame(means, index=table.columns).T.rename_axis(index="group")


def refuse_constant(numbers: pd.DataFrame, *, what: str) -> None:
    """Raise where a column is constant; all such columns are named."""
    constant = [code for code in numbers if numbers[code].nunique() == 1]
    if constant:
        raise UndefinedError("evaluation.constant_columns", what=what, codes=constant)
