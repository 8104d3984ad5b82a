"""One look for every figure: sizes, type, fonts, inks; what matplotlib is told while it draws."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

from geo_resilience.errors import InputError, unknown

#: Candidates for type that has Latin and Chinese, best first; DejaVu Sans always comes last.
FONTS: tuple[str, ...] = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Microsoft YaHei",
    "SimHei",
    "PingFang SC",
    "WenQuanYi Micro Hei",
    "Noto Sans CJK JP",
)
LAST_FONT = "DejaVu Sans"

INK = "#23282d"
MUTED = "#5d666f"
HAIR = "#c9ced3"
PAPER = "#ffffff"

#: Lines and marks that stay apart where colors do not: in gray print, for the color-blind.
LINES: tuple[Any, ...] = ("-", (0, (5, 1.6)), (0, (1.2, 1.2)), (0, (5, 1.4, 1.2, 1.4)))
MARKERS: tuple[str, ...] = ("o", "s", "^", "D", "v", "P", "X", "*")

POINTS_A_MM = 72 / 25.4


@dataclass(frozen=True)
class Layout:
    """How wide a figure is and how large its type."""

    name: str
    width: float
    text: float
    head: float
    beside: bool

    @property
    def inches(self) -> float:
        """Width in inches."""
        return self.width / 25.4

    @property
    def line(self) -> float:
        """Height of a line of text in millimetres."""
        return self.text * 1.4 / POINTS_A_MM


#: Half a column of a journal, its full width, the text of a report's page, and whole pages.
LAYOUTS: dict[str, Layout] = {
    "half": Layout("half", 85, 6.5, 8, beside=False),
    "journal": Layout("journal", 180, 7.5, 10, beside=True),
    "report": Layout("report", 160, 7.5, 10, beside=True),
    "portrait": Layout("portrait", 160, 8, 11, beside=False),
    "landscape": Layout("landscape", 247, 9, 12.5, beside=True),
}


def layout_of(name: str) -> Layout:
    """Find a layout by its name."""
    if name not in LAYOUTS:
        raise InputError(unknown("figures.width_unknown", name, LAYOUTS))
    return LAYOUTS[name]


@cache
def fonts() -> tuple[str, ...]:
    """Give the candidates that matplotlib has, DejaVu Sans last."""
    from matplotlib import font_manager

    there = {font.name for font in font_manager.fontManager.ttflist}
    return (*(name for name in FONTS if name in there), LAST_FONT)


def _settings() -> dict[str, Any]:
    """Everything that matplotlib would else take from the user's own settings."""
    return {
        "font.family": list(fonts()),
        "font.size": 7.5,
        "text.color": INK,
        "text.parse_math": False,
        # Letters keep their true widths at any fineness.
        "text.hinting": "no_hinting",
        "axes.unicode_minus": True,
        "axes.formatter.use_mathtext": False,
        "axes.formatter.useoffset": False,
        "axes.edgecolor": MUTED,
        "axes.linewidth": 0.6,
        "axes.labelcolor": INK,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": False,
        "axes.axisbelow": True,
        "grid.color": HAIR,
        "grid.linewidth": 0.4,
        "xtick.color": MUTED,
        "ytick.color": MUTED,
        "xtick.labelcolor": INK,
        "ytick.labelcolor": INK,
        "xtick.major.width": 0.5,
        "ytick.major.width": 0.5,
        "xtick.major.size": 2.2,
        "ytick.major.size": 2.2,
        "hatch.linewidth": 0.45,
        "hatch.color": MUTED,
        "figure.facecolor": PAPER,
        "savefig.facecolor": PAPER,
        "savefig.dpi": 200,
        "savefig.bbox": None,
        "path.simplify": True,
        "svg.hashsalt": "geo_resilience",
        "svg.fonttype": "path",
        "pdf.fonttype": 42,
        "pdf.compression": 9,
    }


@contextmanager
def styled(size: float | None = None) -> Iterator[None]:
    """Let matplotlib draw in this look, whatever the user's own settings are."""
    import matplotlib

    settings = _settings()
    if size is not None:
        settings |= dict.fromkeys(("font.size", "axes.labelsize", "axes.titlesize"), size)
        settings |= dict.fromkeys(("xtick.labelsize", "ytick.labelsize"), size * 0.93)
    defaults: dict[Any, Any] = {
        name: value
        for name, value in matplotlib.rcParamsDefault.items()
        if name.partition(".")[0] in _OURS
    }
    with matplotlib.rc_context(defaults | settings):
        yield


#: Families of settings of which nothing may come from outside.
_OURS = {"axes", "font", "grid", "hatch", "lines", "patch", "path", "savefig", "svg", "pdf"} | {
    "text",
    "xtick",
    "ytick",
    "figure",
}


@cache
def _letter_width(letter: str) -> float:
    """Estimate the width of a letter in ems, a little generously."""
    if unicodedata.east_asian_width(letter) in "WF":
        return 1.0
    if unicodedata.combining(letter):
        return 0.0
    if letter in "iljI.,:;|!'()[]ftr ":
        return 0.33
    if letter in "mwMW%@":
        return 0.9
    return 0.66 if letter.isupper() else 0.57


def text_width(text: str, size: float) -> float:
    """Estimate the width of a line of text in millimetres."""
    return sum(map(_letter_width, text)) * size / POINTS_A_MM


def shortened(text: str, width: float, size: float) -> str:
    """Cut a text that is wider than so many millimetres, with an ellipsis."""
    if text_width(text, size) <= width:
        return text
    while text and text_width(text + "…", size) > width:
        text = text[:-1]
    return text.rstrip() + "…"


def _pieces(text: str) -> list[str]:
    """Split where a line may end: after a space, and after any Chinese character."""
    pieces, word = [], ""
    for place, letter in enumerate(text):
        word += letter
        after = text[place + 1 : place + 2]
        wide = unicodedata.east_asian_width(letter) in "WF"
        next_wide = bool(after) and unicodedata.east_asian_width(after) in "WF"
        if letter == " " or ((wide or next_wide) and after not in "，。；：、）！？”"):
            pieces.append(word)
            word = ""
    return [*pieces, word] if word else pieces


def wrapped(text: str, width: float, size: float) -> list[str]:
    """Break a text into lines of so many millimetres at most."""
    lines, line = [], ""
    for piece in _pieces(text):
        if line and text_width((line + piece).rstrip(), size) > width:
            lines.append(line.rstrip())
            line = ""
        while text_width(piece.rstrip(), size) > width and len(piece) > 1:
            fits = next(
                n
                for n in range(len(piece) - 1, 0, -1)
                if n == 1 or text_width(piece[:n], size) <= width
            )
            lines.append(piece[:fits])
            piece = piece[fits:]
        line += piece
    return [*lines, line.rstrip()] if line.strip() or not lines else lines
