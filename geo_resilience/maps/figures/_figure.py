"""The sheet of a figure: title above, note and source below, room between; and its files."""

from __future__ import annotations

import base64
import html
import io
import re
import warnings
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from geo_resilience.errors import InputError
from geo_resilience.maps.figures._registry import FORMATS, MAKER
from geo_resilience.maps.figures._style import INK, MUTED, Layout, styled, wrapped

#: Millimetres between the sheet's edge and everything on it.
EDGE = 3.0

#: Millimetres kept above and below the body where it stands alone.
ROOM = 1.2


class Sheet(Figure):
    """A figure with a title, a note, a source and alternative text.

    - ``body``: height in millimetres of the room between title and notes.
    - ``notes``: lines below: how to read it, where it comes from. Empty ones are left out.

    Attributes
    ----------
    heading : str
        The title.
    alternative_text : str
        What the figure shows, in words, for those who do not see it.
    note : str
        How to read it, as it stands below; without the source.
    """

    def __init__(
        self,
        layout: Layout,
        body: float,
        *,
        title: str,
        subtitle: str = "",
        notes: Sequence[str] = (),
    ) -> None:
        self.layout = layout
        self.heading = title
        self.note = ""
        self.alternative_text = title
        inner = layout.width - 2 * EDGE
        heads = wrapped(title, inner, layout.head * 1.06)
        unders = wrapped(subtitle, inner, layout.text) if subtitle else []
        below = [line for note in notes if note for line in wrapped(note, inner, _small(layout))]
        line, head = layout.line, layout.head * 1.35 / (72 / 25.4)
        self.above = EDGE + head * len(heads) + line * len(unders) + 1.5
        foot = _small(layout) * 1.38 / (72 / 25.4)
        self.below = EDGE + foot * len(below) + (1.5 if below else 0)
        self.body = body
        self.tall = self.above + body + self.below
        super().__init__(figsize=(layout.inches, self.tall / 25.4))
        FigureCanvasAgg(self)
        y = self.tall - EDGE
        for text in heads:
            self._line(y, text, size=layout.head, weight="bold", color=INK)
            y -= head
        for text in unders:
            self._line(y, text, size=layout.text, color=MUTED)
            y -= line
        y = self.below - 1.5
        for text in below:
            self._line(y, text, size=_small(layout), color=MUTED)
            y -= foot

    def _line(self, y: float, text: str, **look: Any) -> None:
        self.text(EDGE / self.layout.width, y / self.tall, text, ha="left", va="top", **look)

    def room(self, left: float, bottom: float, width: float, height: float, **axes: Any) -> Axes:
        """Add axes in millimetres from the lower left corner of the body."""
        wide, tall = self.layout.width, self.tall
        box = (
            left / wide,
            (self.below + bottom) / tall,
            max(width, 1) / wide,
            max(height, 1) / tall,
        )
        return self.add_axes(box, **axes)

    def draw(self, renderer: Any) -> None:
        """Draw in the look of the figures, whatever the settings of the moment are."""
        with styled(self.layout.text):
            super().draw(renderer)

    def savefig(self, fname: Any, *, bare: bool = False, **options: Any) -> None:
        """Write the figure; the same figure gives the same bytes.

        bare: without the lines above and below, for pages that have these themselves.
        """
        kind = str(options.pop("format", None) or _suffix(fname))
        if kind not in FORMATS:
            raise InputError("figures.format_unknown", found=kind, known=FORMATS)
        told = {**self._told(kind), **(options.pop("metadata", None) or {})}
        buffer = io.BytesIO()
        if bare:
            sides = (0, self.below - ROOM, self.layout.width, self.body + 2 * ROOM)
            options["bbox_inches"] = Bbox.from_bounds(*(side / 25.4 for side in sides))
        with styled(self.layout.text):
            super().savefig(buffer, format=kind, metadata=told, **options)
        data = buffer.getvalue()
        if kind == "svg":
            data = self._described(_compact(data.decode("utf-8"))).encode("utf-8")
        if hasattr(fname, "write"):
            fname.write(data)
        else:
            Path(fname).write_bytes(data)

    def written(self, path: Path) -> list[str]:
        """Write the figure and give the characters for which no font has a glyph."""
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            self.savefig(path)
        return missing_glyphs([str(warning.message) for warning in caught])

    def _repr_png_(self) -> tuple[bytes, dict[str, str]]:
        """Show the figure in notebooks, with its alternative text."""
        buffer = io.BytesIO()
        self.savefig(buffer, format="png")
        return buffer.getvalue(), {"alt": self.alternative_text}

    def _repr_html_(self) -> str:
        """Show the figure where pages are shown: those that drop the text of a bare picture."""
        data = base64.b64encode(self._repr_png_()[0]).decode("ascii")
        text, width = html.escape(self.alternative_text), round(self.layout.width / 25.4 * 96)
        return f'<img src="data:image/png;base64,{data}" alt="{text}" width="{width}">'

    def _told(self, kind: str) -> Mapping[str, Any]:
        """Give what the file says of itself: title and alternative text, never a time."""
        if kind == "png":
            return {
                "Title": self.heading,
                "Description": self.alternative_text,
                "Software": MAKER,
            }
        if kind == "svg":
            return {"Title": self.heading, "Date": None, "Creator": MAKER}
        names = {"Title": self.heading, "Subject": self.alternative_text}
        return {**names, "CreationDate": None, "Producer": None, "Creator": MAKER}

    def _described(self, svg: str) -> str:
        """Let the drawing carry its alternative text where screen readers look for it."""
        title = f"<title>{html.escape(self.heading, quote=False)}</title>"
        text = html.escape(self.alternative_text, quote=False)
        start = svg.index("<svg ")
        label = f'role="img" aria-label="{html.escape(self.heading)}" '
        svg = f"{svg[: start + 5]}{label}{svg[start + 5 :]}"
        place = svg.index("</title>") + 8 if "</title>" in svg else svg.index(">", start) + 1
        lead = "" if "</title>" in svg[:place] else title
        return f"{svg[:place]}{lead}\n <desc>{text}</desc>{svg[place:]}"


_DRAWN = re.compile(r' d="([^"]*)"')
_LONG = re.compile(r"-?\d+\.\d{3,}")
_CURVED = re.compile(r"[^MLz\d\s.-]")
_LETTER = re.compile(r'(id="|href="#)([A-Za-z][A-Za-z0-9]*-[A-Za-z]+)-')


def _compact(svg: str) -> str:
    """Write the lines of a drawing as ways from point to point in tenths of a point.

    No eye sees more; files shrink to a third. Letters, which are drawn small, keep hundredths, and
    get short names.
    """

    def short(number: re.Match[str]) -> str:
        return f"{float(number[0]):.2f}".rstrip("0").rstrip(".")

    def line(path: re.Match[str]) -> str:
        told = path[1]
        ways = _LONG.sub(short, told) if _CURVED.search(told) else _ways(told)
        return f' d="{ways}"'

    fonts: dict[str, str] = {}

    def letter(name: re.Match[str]) -> str:
        return f"{name[1]}{fonts.setdefault(name[2], f'g{len(fonts)}')}-"

    return _LETTER.sub(letter, _DRAWN.sub(line, svg))


def _ways(told: str) -> str:
    """Write a path of straight lines by its steps.

    Examples
    --------
    >>> _ways("M 10 20.04 L 10.5 19 L 10.52 19.02 L 12 19 z")
    'M10 20l.5-1 1.5 0z'
    """
    written = []
    for part in told.split("M")[1:]:
        ends = "z" if "z" in part else ""
        places = np.fromstring(part.replace("L", " ").replace("z", " "), sep=" ")
        tenths = np.rint(places * 10).astype(int).reshape(-1, 2)
        steps = np.diff(tenths, axis=0)
        if len(steps) > 1:
            steps = steps[steps.any(axis=1)]
        start, ways = (
            "".join(map(_tenths, each.ravel().tolist())).lstrip() for each in (tenths[:1], steps)
        )
        written.append(f"M{start}{'l' if ways else ''}{ways}{ends}")
    return "".join(written)


@cache
def _tenths(value: int) -> str:
    """Write tenths as a number that may follow another, as short as SVG reads it."""
    told = f"{abs(value) / 10:g}"
    told = told[1:] if told.startswith("0.") else told
    return f"-{told}" if value < 0 else f" {told}"


def _small(layout: Layout) -> float:
    return layout.text * 0.88


def _suffix(fname: Any) -> str:
    return Path(str(fname)).suffix.lstrip(".").lower() if not hasattr(fname, "write") else "png"


def missing_glyphs(messages: Sequence[str]) -> list[str]:
    """Read from matplotlib's warnings the characters that no font has."""
    found = set()
    for message in messages:
        if message.startswith("Glyph ") and "missing from" in message:
            code = message.split()[1]
            if code.isdecimal():
                found.add(chr(int(code)))
    return sorted(found)
