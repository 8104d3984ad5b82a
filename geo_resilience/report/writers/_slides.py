"""A report's findings as slides, one each, and what the study cannot show."""

from __future__ import annotations

import copy
import io
import math
from collections.abc import Sequence
from typing import Any

from geo_resilience.errors import InputError
from geo_resilience.report._blocks import Aside, Document, Finding, Picture
from geo_resilience.report._trace import texts_of
from geo_resilience.report.writers._clean import one_line, printable, unparted
from geo_resilience.report.writers._look import Look
from geo_resilience.report.writers._numbering import Placed, numbered, seen, shown_by
from geo_resilience.report.writers._office import filled, sealed
from geo_resilience.report.writers._pictures import Drawn, Pictures
from geo_resilience.report.writers._widths import width_of
from geo_resilience.words import cells_of, joined, say

#: Parts of the empty presentation.
_PARTS = (
    "[Content_Types].xml",
    "_rels/.rels",
    "docProps/core.xml",
    "ppt/presentation.xml",
    "ppt/_rels/presentation.xml.rels",
    "ppt/theme/theme1.xml",
    "ppt/slideMasters/slideMaster1.xml",
    "ppt/slideMasters/_rels/slideMaster1.xml.rels",
    *(f"ppt/slideLayouts/slideLayout{n}.xml" for n in (1, 2, 3)),
    *(f"ppt/slideLayouts/_rels/slideLayout{n}.xml.rels" for n in (1, 2, 3)),
)

_COVER, _FINDING, _LIST = 0, 1, 2

#: A millimetre, and a point, in the units of slides.
_MM, _POINT = 36000, 12700

#: Where a figure stands: left, top, width, height in millimetres; beside a finding, or alone.
_BESIDE, _ALONE = (116, 44, 206, 132), (16, 44, 306, 132)

#: Sizes of type in points, the largest that fits is taken: of a cover, of titles, of texts.
_COVER_SIZES, _TITLE_SIZES, _TEXT_SIZES = ((*range(most, 5, -1),) for most in (36, 28, 18))

#: Height of a line, and of the space before a paragraph, in sizes of type; what ragged lines lose.
_LINE, _BEFORE, _RAGGED = 1.4, 0.5, 1.1


def slides(document: Document, pictures: Pictures) -> bytes:
    """Write the findings of a report as slides; the same report gives the same bytes.

    Raises
    ------
    InputError
        If python-pptx is not installed.
    """
    try:
        from pptx import Presentation
    except ImportError:
        raise InputError("report.no_pptx") from None
    look = Look(document.language)
    file: Any = Presentation(filled("slides", _PARTS, look))
    chapters = numbered(document, pictures, "png", plain=True)
    see = seen(document, chapters)
    show = _Show(document, file, look)
    show.cover()
    for placed in chapters[0][1] if chapters else ():
        block = placed.block
        if isinstance(block, Finding):
            shown = shown_by(chapters, block.chapter, block.figure)
            drawn = shown.drawn if shown else None
            if drawn is None and block.figure:
                drawn = pictures.drawn(Picture(block.figure), "png")
            show.finding(block, drawn, see(block.chapter, block.figure))
        elif isinstance(block, Picture):
            show.figure(placed)
        elif isinstance(block, Aside):
            show.listed(block)
    for told in document.story:
        shown_with = pictures.drawn(told.picture, "png") if told.picture else None
        show.finding(told.finding, shown_with, told.see)
    file.core_properties.title = one_line(document.title)[:255]
    file.core_properties.language = look.locale
    buffer = io.BytesIO()
    file.save(buffer)
    return sealed(buffer.getvalue())


class _Show:
    """A presentation that is being made."""

    def __init__(self, document: Document, file: Any, look: Look) -> None:
        self.document, self.file, self.look = document, file, look

    def cover(self) -> None:
        """Give the title, what kind of report it is, and what stands on its cover."""
        slide = self._slide(_COVER, self.document.title)
        told = [f"{label}  {text}" for label, text in self.document.imprint]
        self._write(slide.placeholders[1], [self.document.subtitle, *told], _TEXT_SIZES[2:])

    def finding(self, finding: Finding, drawn: Drawn | None, see: str) -> None:
        """Give a claim, its certainty and numbers, beside the figure that shows it."""
        slide = self._slide(_FINDING, finding.claim)
        texts = [finding.numbers]
        if finding.certainty:
            texts.insert(0, say(f"certainty.{finding.certainty}", self.look.language))
        body = slide.placeholders[1]
        height = self._write(body, texts)
        if finding.certainty:
            self._sure(body.text_frame.paragraphs[0])
        color = self.look.rule if finding.certainty == "open" else self.look.accent
        self._bar(slide, color, height)
        if drawn is not None:
            self._picture(slide, drawn, _BESIDE)
        self._foot(slide, finding, see, drawn)

    def figure(self, placed: Placed) -> None:
        """Give a figure under what it shows."""
        slide = self._slide(_LIST, placed.caption)
        body = slide.placeholders[1]._element
        body.getparent().remove(body)
        assert placed.drawn is not None
        self._picture(slide, placed.drawn, _ALONE)
        self._foot(slide, placed.block, "", placed.drawn)

    def listed(self, block: Aside) -> None:
        """Give sentences below each other."""
        slide = self._slide(_LIST, block.title)
        self._write(slide.placeholders[1], block.texts)
        for paragraph in slide.placeholders[1].text_frame.paragraphs:
            paragraph.level = 1
        self._foot(slide, block, "")

    def _slide(self, layout: int, title: str) -> Any:
        slide = self.file.slides.add_slide(self.file.slide_layouts[layout])
        sizes = _TITLE_SIZES if layout else _COVER_SIZES
        self._write(slide.shapes.title, [title], sizes, alone=4)
        return slide

    def _write(
        self, shape: Any, texts: Sequence[str], sizes: Sequence[int] = _TEXT_SIZES, alone: int = 0
    ) -> float:
        """Write texts as paragraphs in the largest type that fits; give their height in points.

        A title stands on one line where one of so many further sizes lets it.
        """
        from pptx.util import Pt

        frame, wide, tall = shape.text_frame, shape.width / _POINT, shape.height / _POINT
        told = [unparted(one_line(text)) for text in texts]
        ways = [(size, _height(told, size, wide)) for size in sizes]
        lines = [way for way in ways[: alone + 1] if way[1] <= _LINE * way[0]] if alone else []
        fits = [*lines, *(way for way in ways if way[1] <= tall), (sizes[-1], tall)]
        size, height = fits[0]
        for place, text in enumerate(told):
            paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
            run = paragraph.add_run()
            run.text, run.font.size = text, Pt(size)
            run._r.get_or_add_rPr().set("lang", self.look.locale)
        return height

    def _sure(self, paragraph: Any) -> None:
        from pptx.dml.color import RGBColor
        from pptx.util import Pt

        font = paragraph.runs[0].font
        font.size, font.bold = Pt(14), True
        font.color.rgb = RGBColor.from_string(self.look.accent[1:])

    def _bar(self, slide: Any, color: str, height: float) -> None:
        """Set a bar beside the numbers, as high as they are."""
        from pptx.dml.color import RGBColor
        from pptx.enum.shapes import MSO_SHAPE

        place = (16 * _MM, 46 * _MM, round(1.6 * _MM), round(height * _POINT))
        bar = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, *place)
        bar.fill.solid()
        bar.fill.fore_color.rgb = RGBColor.from_string(color[1:])
        bar.line.fill.background()
        _described(bar, "Bar", "")

    def _picture(self, slide: Any, drawn: Drawn, plate: tuple[int, int, int, int]) -> None:
        """Set a figure on its plate, as large as it fits."""
        left, top, width, height = plate
        scale = min(width / drawn.width, height / drawn.height)
        size = [round(side * scale * _MM) for side in (drawn.width, drawn.height)]
        across = round((left + (width - drawn.width * scale) / 2) * _MM)
        picture = slide.shapes.add_picture(io.BytesIO(drawn.data), across, top * _MM, *size)
        _described(picture, drawn.title, drawn.told)

    def _foot(self, slide: Any, block: Any, see: str, drawn: Drawn | None = None) -> None:
        """Say below where the report shows it and which files it is read from; in the notes, cells.

        The slide is numbered.
        """
        for place in slide.slide_layout.placeholders:
            if place.placeholder_format.idx in (11, 12):
                slide.shapes._spTree.append(copy.deepcopy(place._element))
        foot = next(each for each in slide.placeholders if each.placeholder_format.idx == 11)
        cited = {text: cells_of(text) for _, text in texts_of(block)}
        files = list(dict.fromkeys(cell.file for cells in cited.values() for cell in cells))
        told = [self.document.title, see, joined(files, self.look.language)]
        self._write(foot, [" · ".join(filter(None, told))], range(10, 4, -1))
        notes = [f"{text}\n{', '.join(map(str, cells))}" for text, cells in cited.items() if cells]
        if drawn and drawn.files:
            notes.append(f"{drawn.title}\n{', '.join(drawn.files)}")
        if notes:
            slide.notes_slide.notes_text_frame.text = "\n".join(map(printable, notes))


def _height(texts: Sequence[str], size: float, wide: float) -> float:
    """Reckon the height of paragraphs in points."""
    lines = (math.ceil(width_of(text, size) * _RAGGED / wide) for text in texts)
    return size * (_LINE * sum(lines) + _BEFORE * (len(texts) - 1))


def _described(shape: Any, name: str, told: str) -> None:
    """Give a shape its name and its text for those who do not see it."""
    (properties,) = shape._element.xpath("./*/p:cNvPr")
    properties.set("name", one_line(name))
    properties.set("descr", one_line(told))
