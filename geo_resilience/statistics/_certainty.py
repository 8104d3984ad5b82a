"""How certain a finding is: one word, by one rule, for every sentence that states one."""

from __future__ import annotations

import math

#: The words, from the surest: their names are those of the words certainty.firm and so on.
CERTAINTIES = ("firm", "likely", "open")

#: Least share of draws (or of neighbor rules) in which a finding holds, for firm and for likely.
FIRM_SHARE, LIKELY_SHARE = 0.9, 2 / 3

#: Level of every verdict that does not name its own: a p (or q) at or below it is not by chance.
ALPHA = 0.05

#: Largest corrected p for firm and for likely.
FIRM_P, LIKELY_P = 0.01, ALPHA


def certainty(p: float | None = None, *shares: float | None) -> str:
    """Give the word for a finding with a corrected p and the shares in which it holds.

    Shares are those of draws of defensible indices, of neighbor rules, of regions left out: what
    is None or not a number was not asked. The weakest decides; nothing asked is open.
    """
    asked = [share for share in shares if share is not None and not math.isnan(share)]
    tested = p if p is not None and not math.isnan(p) else None
    if tested is None and not asked:
        return "open"
    weakest, p = min(asked, default=1.0), 0.0 if tested is None else tested
    if p <= FIRM_P and weakest >= FIRM_SHARE:
        return "firm"
    return "likely" if p <= LIKELY_P and weakest >= LIKELY_SHARE else "open"
