"""Whether more of an indicator is better or less, however it is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

import pandas as pd

from geo_resilience.errors import Problems
from geo_resilience.tables._cells import folded

__all__ = ["Directions", "sign_of", "signs_of"]

Directions: TypeAlias = "pd.Series | Mapping[str, str] | None"

_SIGNS = {"+": "+", "-": "-", "−": "-", "–": "-"}


def sign_of(written: object) -> str | None:
    """Give ``"+"`` or ``"-"`` for a sign in any of its usual forms, None for anything else.

    Examples
    --------
    >>> sign_of(" ＋"), sign_of("−"), sign_of("up")
    ('+', '-', None)
    """
    return _SIGNS.get(folded(written))


def signs_of(codes: Iterable[str], directions: Directions, problems: Problems) -> dict[str, str]:
    """Give each indicator's sign; without directions, more is better.

    Parameters
    ----------
    codes : iterable of str
    directions : Series or mapping by code, optional
    problems : Problems
        Takes what is missing or no direction; such an indicator counts as ``"+"``.

    Returns
    -------
    dict of str
    """
    if directions is None:
        return dict.fromkeys(codes, "+")
    stated = dict(directions.items())
    signs = {}
    for code in codes:
        sign = sign_of(stated.get(code, ""))
        if code not in stated or stated[code] is None:
            problems.add("indicators.direction_missing", indicator=code)
        elif sign is None:
            problems.add("indicators.direction", indicator=code, found=stated[code])
        signs[code] = sign or "+"
    return signs
