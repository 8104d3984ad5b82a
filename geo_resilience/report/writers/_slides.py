"""A report's findings as slides, one each, and what the study cannot show."""

from __future__ import annotations

import copy
import io
from collections.abc import Sequence
from typing import Any

from geo_resilience.errors import InputError
from geo_resilience.report._blocks import Aside, Document, Finding
from geo_resilience.report.writers._clean import one_line, unparted
from geo_resilience.report.writers._look import Look
from geo_resilience.report.writers._numbering import Placed, first_figures, numbered, seen
from geo_resilience.report.writers._office import filled, sealed
from geo_resilience.report.writers._pictures import Pictures
from geo_resilience.words import say
from geo_resilience.words._wrapping import columns_of

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

#: A millimetre in the units of slides.
_MM = 36000

#: Where a figure stands on a slide: left, top, width, height in millimetres.
_PLATE = (126, 48, 196, 126)

#: Sizes of type in points by the letters (Chinese ones count twice) up to which each is taken.
_COVER_SIZES = ((48, 36), (64, 30), (10_000, 24))
_TITLE_SIZES = ((130, 28), (220, 22), (10_000, 16))
_TEXT_SIZES = ((260, 18), (420, 15), (10_000, 11))


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
    chapters = numbered(document, pictures, "png")
    see, figures = seen(document, chapters), first_figures(chapters)
    show = _Show(document, file, look)
    show.cover()
    for block in document.chapters[0].blocks if document.chapters else ():
        if isinstance(block, Finding):
            show.finding(block, figures.get(block.chapter), see(block.chapter))
        elif isinstance(block, Aside):
            show.listed(block.title, block.texts)
    for told in document.story:
        drawn = told.picture and pictures.drawn(told.picture, "png")
        shown = Placed(told.picture, drawn=drawn) if told.picture and drawn else None
        show.finding(told.finding, shown, told.see)
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
        mark = say("mark.parts", self.look.language, one="", other="")
        told = mark.join(f"{label} {text}" for label, text in self.document.imprint)
        self._write(
            slide.placeholders[1], [text for text in (self.document.subtitle, told) if text]
        )

    def finding(self, finding: Finding, figure: Placed | None, see: str) -> None:
        """Give a claim, its certainty and numbers, beside the first figure of its chapter."""
        slide = self._slide(_FINDING, finding.claim)
        texts = [finding.numbers]
        if finding.certainty:
            texts.insert(0, say(f"certainty.{finding.certainty}", self.look.language))
        body = slide.placeholders[1]
        self._write(body, texts)
        if finding.certainty:
            self._muted(body.text_frame.paragraphs[0])
        self._bar(slide, self.look.rule if finding.certainty == "open" else self.look.accent)
        if figure is not None:
            self._picture(slide, figure)
        self._foot(slide, see)

    def listed(self, title: str, texts: Sequence[str]) -> None:
        """Give sentences below each other."""
        slide = self._slide(_LIST, title)
        self._write(slide.placeholders[1], texts)
        for paragraph in slide.placeholders[1].text_frame.paragraphs:
            paragraph.level = 1
        self._foot(slide, "")

    def _slide(self, layout: int, title: str) -> Any:
        slide = self.file.slides.add_slide(self.file.slide_layouts[layout])
        self._write(slide.shapes.title, [title], _TITLE_SIZES if layout else _COVER_SIZES)
        return slide

    def _write(
        self, shape: Any, texts: Sequence[str], sizes: Sequence[tuple[int, int]] = _TEXT_SIZES
    ) -> None:
        """Write texts as paragraphs, smaller where they are long."""
        from pptx.util import Pt

        frame = shape.text_frame
        letters = sum(columns_of(text) for text in texts)
        size = next((size for most, size in sizes if letters <= most), None)
        for place, text in enumerate(texts):
            paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
            run = paragraph.add_run()
            run.text = unparted(one_line(text))
            run._r.get_or_add_rPr().set("lang", self.look.locale)
            if size is not None and size != sizes[0][1]:
                run.font.size = Pt(size)

    def _muted(self, paragraph: Any) -> None:
        from pptx.dml.color import RGBColor
        from pptx.util import Pt

        font = paragraph.runs[0].font
        font.size, font.color.rgb = Pt(14), RGBColor.from_string(self.look.muted[1:])

    def _bar(self, slide: Any, color: str) -> None:
        """Set a bar beside the numbers."""
        from pptx.dml.color import RGBColor
        from pptx.enum.shapes import MSO_SHAPE

        place = (16 * _MM, 50 * _MM, round(1.6 * _MM), 60 * _MM)
        bar = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, *place)
        bar.fill.solid()
        bar.fill.fore_color.rgb = RGBColor.from_string(color[1:])
        bar.line.fill.background()
        _described(bar, "Bar", "")

    def _picture(self, slide: Any, figure: Placed) -> None:
        """Set a figure on its plate, as large as it fits."""
        drawn: Any = figure.drawn
        left, top, width, height = _PLATE
        scale = min(width / drawn.width, height / drawn.height)
        size = [round(side * scale * _MM) for side in (drawn.width, drawn.height)]
        across = round((left + (width - drawn.width * scale) / 2) * _MM)
        picture = slide.shapes.add_picture(io.BytesIO(drawn.data), across, top * _MM, *size)
        _described(picture, drawn.title, drawn.told)

    def _foot(self, slide: Any, see: str) -> None:
        """Say below from which report it is and where it stands there, and number the slide."""
        for place in slide.slide_layout.placeholders:
            if place.placeholder_format.idx in (11, 12):
                slide.shapes._spTree.append(copy.deepcopy(place._element))
        foot = next(each for each in slide.placeholders if each.placeholder_format.idx == 11)
        told = [self.document.title, see] if see else [self.document.title]
        self._write(foot, [" · ".join(told)], ())


def _described(shape: Any, name: str, told: str) -> None:
    """Give a shape its name and its text for those who do not see it."""
    (properties,) = shape._element.xpath("./*/p:cNvPr")
    properties.set("name", one_line(name))
    properties.set("descr", one_line(told))
