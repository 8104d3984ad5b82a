"""What units say of their numbers: shares are told in percent, totals are drawn as circles."""

from __future__ import annotations

import re
from collections.abc import Mapping

#: Units of a part of a whole, written as percent.
SHARES = frozenset({"share", "proportion", "份额", "占比", "比重", "比例"})

#: Units that are none: the number stands alone.
PLAIN = frozenset({"ratio", "quotient", "index", "score", "比值", "区位熵", "指数", "得分"})

#: What is so much per something else.
_RATE = re.compile(r"\bper\b|/|%|‰|percent|每|人均|\bratio\b|\brate\b|\bindex\b")

#: What sums over regions: money, people, things, energy, weight, area.
_SUMMED = re.compile(
    r"\b(?:yuan|rmb|cny|usd|euros?|dollars?|persons?|people|inhabitants|residents|employees|workers"
    r"|enterprises|firms|companies|households|patents|projects|papers|items|pieces|units|sets|count"
    r"|number|tons?|tonnes|kwh|mwh|gwh|joules?|hectares|km2|km²|square kilomet(?:er|re)s)\b"
    r"|元$|人$|户$|家$|个$|件$|项$|台$|套$|吨$|千瓦时$|公顷$|平方公里$|平方千米$",
    re.IGNORECASE,
)


def measure_of(unit: str | Mapping[str, str]) -> str | None:
    """Tell what a unit measures: ``share``, ``plain``, ``total``, or None for anything else.

    >>> [measure_of(unit) for unit in ("share", "ratio", "100 million yuan", "yuan per kWh")]
    ['share', 'plain', 'total', None]
    """
    texts = [unit] if isinstance(unit, str) else list(unit.values())
    told = [text.strip().lower() for text in texts if text.strip()]
    if any(text in SHARES for text in told):
        return "share"
    if any(text in PLAIN for text in told):
        return "plain"
    if any(_RATE.search(text) for text in told):
        return None
    return "total" if any(_SUMMED.search(text) for text in told) else None
