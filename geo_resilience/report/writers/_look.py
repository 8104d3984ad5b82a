"""How a report looks in every format: its inks, its one family of type, its page."""

from __future__ import annotations

import re
from dataclasses import dataclass

from geo_resilience.maps.figures._style import FONTS
from geo_resilience.words import say

#: Type of Latin letters and of Chinese characters: without serifs, on every Windows; elsewhere
#: there are letters of the same widths (Liberation Sans) and the like (Noto Sans CJK).
LATIN, EAST = "Arial", "Microsoft YaHei"

_HEX = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True)
class Look:
    """Inks, type and locale of a report in a language."""

    language: str
    ink: str = "#1b1f23"
    muted: str = "#57606a"
    rule: str = "#d0d7de"
    tint: str = "#f3f5f7"
    accent: str = "#0b5a78"
    band: str = "#c4dbe8"
    latin: str = LATIN
    east: str = EAST

    @property
    def title(self) -> int:
        """Size of the title in points: Chinese says as much in fewer, wider letters."""
        return int(say("writer.title_points", self.language))

    @property
    def family(self) -> str:
        """Type of pages, as CSS has it: one family for both scripts, the one of the figures."""
        return ", ".join(f'"{name}"' for name in FONTS[:5]) + ", Arial, sans-serif"

    @property
    def locale(self) -> str:
        """Language and country."""
        return say("writer.locale", self.language)


def is_color(text: str) -> bool:
    """Whether a text is a color and nothing else.

    Examples
    --------
    >>> is_color("#0b5a78"), is_color("red;background:url(x)")
    (True, False)
    """
    return _HEX.fullmatch(text) is not None
