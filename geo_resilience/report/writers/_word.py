"""A report as a Word document: real styles, fields and captions, so that it can be edited on."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, Pt
from docx.text.paragraph import Paragraph

from geo_resilience.report._blocks import (
    Aside,
    Bullets,
    Chapter,
    DataTable,
    Document,
    Finding,
    Heading,
    Picture,
    Sentence,
)
from geo_resilience.report.writers import _word_xml as xml
from geo_resilience.report.writers._clean import one_line
from geo_resilience.report.writers._look import Look, is_color
from geo_resilience.report.writers._numbering import (
    ENDS,
    SLOTS,
    Chapters,
    Placed,
    label,
    lies,
    numbered,
    shown_by,
)
from geo_resilience.report.writers._office import sealed
from geo_resilience.report.writers._paging import paged
from geo_resilience.report.writers._pictures import Pictures
from geo_resilience.report.writers._widths import shares
from geo_resilience.report.writers._word_base import Template, begun, is_numbered, style_ids
from geo_resilience.results._ink import ink_on
from geo_resilience.words import Cell, cells_of, say

_TWIP = 635

#: Width of the labels of the imprint, in millimetres.
_LABELS = 34

#: The bar beside a finding, by how certain it is.
_BARS: Mapping[str, tuple[str, int, str]] = {
    "firm": ("single", 36, "accent"),
    "likely": ("double", 12, "accent"),
    "open": ("single", 36, "rule"),
}


def word(document: Document, pictures: Pictures, *, template: Template | None = None) -> bytes:
    """Write a report as a Word document.

    Parameters
    ----------
    document : Document
        The report.
    pictures : Pictures
        Its figures.
    template : Template, optional
        An institute's own document, as `read_template` reads it: its styles, page, header and
        footer are taken. Its notes say which styles it lacks. Its pages are not reckoned: their
        numbers in the contents show once Word has updated its fields.

    Returns
    -------
    bytes
        The file; the same report gives the same bytes.
    """
    look = Look(document.language)
    fresh = frozenset(each.anchor for each in document.chapters)
    pages = _Pages(document, begun(look, template), look, fresh)
    chapters = numbered(document, pictures, "png", plain=True)
    if template is None:
        chapters, starts = paged(chapters, document)
        pages.starts, pages.fresh = starts.pages, starts.fresh
    pages.chapters = chapters
    pages.head()
    pages.cover()
    for place, (chapter, placed) in enumerate(chapters, start=1):
        pages.chapter(place, chapter, placed)
    pages.told()
    buffer = io.BytesIO()
    pages.file.save(buffer)
    return sealed(buffer.getvalue())


@dataclass(eq=False)
class _Pages:
    """A document that is being written."""

    document: Document
    file: Any
    look: Look
    fresh: frozenset[str]
    chapters: Chapters = field(default_factory=list)
    starts: Mapping[str, int] = field(default_factory=dict)
    cited: dict[str, tuple[Cell, ...]] = field(default_factory=dict)
    drawn_from: dict[str, tuple[str, ...]] = field(default_factory=dict)
    marks: int = 0
    below_table: bool = False
    lying: bool = False

    def __post_init__(self) -> None:
        self.styles = style_ids(self.file)
        self.styles.setdefault("body text", self.styles.get("normal", ""))
        self.places = {each.anchor: n for n, each in enumerate(self.document.chapters, start=1)}
        self.titles = {each.anchor: each.title for each in self.document.chapters}

    def say(self, key: str, /, **values: object) -> str:
        """Word a sentence of the report."""
        return say(key, self.document.language, **values)

    @property
    def width(self) -> int:
        """Width of the text in twentieths of a point."""
        section = self.file.sections[-1]
        return int(section.page_width - section.left_margin - section.right_margin) // _TWIP

    def paragraph(self, style: str, text: str = "") -> Any:
        """Begin a paragraph in a style, with a text and what it cites."""
        made = self.file.add_paragraph()
        made._p.style = self.styles[style]
        if self.below_table:
            made.paragraph_format.space_before = Mm(3)
        self.below_table = False
        if text:
            self.write(made, text)
        return made

    def write(self, paragraph: Any, text: str) -> Any:
        """Write a text, under a hidden bookmark where it cites cells."""
        run = xml.written(paragraph, text)
        if cells := cells_of(text):
            name = f"_cited_{len(self.cited) + 1:05d}"
            self.cited[name] = cells
            self.bookmark(run._r, run._r, name)
        return run

    def bookmark(self, first: Any, last: Any, name: str) -> None:
        """Set a bookmark from one element to another."""
        self.marks += 1
        xml.bookmarked(first, last, name, self.marks)

    def fields(self, paragraph: Any, text: str, fields: Sequence[tuple[str, str]]) -> list[Any]:
        """Write a text whose slots are fields, each given by its code and what it shows."""
        runs = []
        for piece in re.split(f"([{SLOTS}])", text):
            if piece and piece in SLOTS:
                runs += xml.field(paragraph, *fields[SLOTS.index(piece)])
            elif piece:
                runs.append(xml.written(paragraph, piece))
        return runs

    def head(self) -> None:
        """Set title and page above and below every page, where a template has none of its own."""
        section = self.file.sections[0]
        own = section.header.is_linked_to_previous and section.footer.is_linked_to_previous
        if not own:
            return
        section.different_first_page_header_footer = True
        for part, style in ((section.header, "header"), (section.footer, "footer")):
            part.is_linked_to_previous = False
            part.paragraphs[0]._p.style = self.styles[style]
        xml.written(section.header.paragraphs[0], self.document.title)
        xml.field(section.footer.paragraphs[0], "PAGE", "1")

    def cover(self) -> None:
        """Write the title, what stands on the cover, and the contents."""
        self.paragraph("subtitle", self.document.subtitle)
        self.paragraph("title", self.document.title)
        if self.document.imprint:
            rows = [list(pair) for pair in self.document.imprint]
            label = round(Mm(_LABELS) / _TWIP)
            table = self.table(rows, [label, self.width - label], "normal table", header=False)
            for row in table._tbl.tr_lst:
                color = xml.element("w:color", val=self.look.muted[1:])
                row.tc_lst[0].p_lst[0].r_lst[0].get_or_add_rPr().append(color)
        self.paragraph("toc heading", self.say("report.contents"))
        self.contents()
        if self.document.absent:
            self.paragraph("body text", self.document.absent)

    def contents(self) -> None:
        """Write the table of contents as a field that shows every chapter."""
        numbers = is_numbered(self.file, "heading 1")
        entries = []
        for place, chapter in enumerate(self.document.chapters, start=1):
            entry = self.paragraph("toc 1")
            link = xml.element("w:hyperlink", anchor=f"_Toc{place:08d}", history=1)
            runs = [xml.written(entry, str(place)), entry.add_run("\t")] if numbers else []
            runs += [xml.written(entry, chapter.title), entry.add_run("\t")]
            runs += self.page_of(entry, chapter.anchor)
            entry.paragraph_format.tab_stops.add_tab_stop(
                Emu(self.width * _TWIP), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS
            )
            runs[0]._r.addprevious(link)
            for run in runs:
                link.append(run._r)
            entries.append(entry)
        if not entries:
            return
        code = r'TOC \o "1-1" \h \z'
        ends = Paragraph(xml.element("w:p"), entries[0]._parent)
        begin, told, separate, _, end = (run._r for run in xml.field(ends, code, ""))
        for part in (begin, told, separate):
            entries[0]._p.hyperlink_lst[0].addprevious(part)
        entries[-1]._p.append(end)
        heading = entries[0]._p.getprevious()
        xml.contents_wrapped([heading, *(entry._p for entry in entries)])

    def page_of(self, paragraph: Any, anchor: str) -> list[Any]:
        """Write the page of a chapter as a field."""
        code = rf"PAGEREF _Toc{self.places[anchor]:08d} \h"
        return xml.field(paragraph, code, str(self.starts.get(anchor, "")))

    def chapter(self, place: int, chapter: Chapter, placed: Sequence[Placed]) -> None:
        """Write a chapter on a new page."""
        self.turn(wide=lies(placed))
        follows = chapter.anchor not in self.fresh and place > 1
        heading = self.paragraph("heading 1")
        heading.paragraph_format.page_break_before = not follows
        heading.paragraph_format.space_before = Mm(10 if follows else 0)
        run = xml.written(heading, chapter.title)._r
        self.bookmark(run, run, f"_Toc{place:08d}")
        self.bookmark(run, run, f"_Ref_chapter_{place}")
        for each in placed:
            if each.wide or not isinstance(each.block, Heading | Sentence):
                self.turn(wide=each.wide)
            _SETTERS[type(each.block)](self, each)

    def turn(self, *, wide: bool) -> None:
        """Let the next pages lie for what is wide, and stand again after it."""
        if wide != self.lying:
            xml.turned(self.file, landscape=wide)
            self.lying, self.below_table = wide, False

    def heading(self, placed: Placed) -> None:
        """Write a heading within a chapter."""
        self.paragraph("heading 2", placed.block.text)  # type: ignore[union-attr]

    def sentence(self, placed: Placed) -> None:
        """Write sentences as a paragraph."""
        self.paragraph("body text", placed.block.text)  # type: ignore[union-attr]

    def bullets(self, placed: Placed) -> None:
        """Write sentences below each other."""
        for text in placed.block.texts:  # type: ignore[union-attr]
            self.paragraph("list bullet", text)

    def finding(self, placed: Placed) -> None:
        """Write a claim with its certainty, then its numbers and where more stands."""
        block: Any = placed.block
        kind, size, color = _BARS.get(block.certainty, _BARS["firm"])
        claim = self.paragraph("report claim")
        if block.certainty:
            certain = say(f"certainty.{block.certainty}", self.document.language)
            xml.written(claim, f"\u00a0{certain}\u00a0", self.styles["report certainty"])
            xml.written(claim, " ")
        self.write(claim, block.claim)
        numbers = self.paragraph("report numbers", block.numbers)
        if block.chapter in self.titles:
            xml.written(numbers, say("mark.sentences", self.look.language, one="", other=""))
            self.see(numbers, block.chapter, shown_by(self.chapters, block.chapter, block.figure))
        for paragraph in (claim, numbers):
            xml.barred(paragraph, kind, size, getattr(self.look, color))

    def see(self, paragraph: Any, anchor: str, shown: Placed | None) -> None:
        """Refer to a chapter, a figure in it, and its page."""
        place, number = self.places[anchor], shown.number if shown else 0
        fields = [
            (rf"REF _Ref_chapter_{place} \h", self.titles[anchor]),
            (rf"REF _Ref_figure_{number} \h", str(number)),
        ]
        told = {"title": SLOTS[0], "figure": label("figure", SLOTS[1], self.document.language)}
        text = self.say("report.see_figure" if shown else "report.see", **told)
        if anchor in self.starts:
            text += self.say("report.page", number=SLOTS[2])
            fields.append((rf"PAGEREF _Toc{place:08d} \h", str(self.starts[anchor])))
        self.fields(paragraph, text, fields)

    def caption(self, kind: str, placed: Placed) -> Any:
        """Write a caption: its number a field under a bookmark, then what is seen."""
        made = self.paragraph("caption")
        text = self.say(f"report.{kind}", number=SLOTS[0]).replace(" ", "\u00a0")
        name = text.partition(SLOTS[0])[0].strip()  # what Word lists such captions under
        runs = self.fields(made, text, [(rf"SEQ {name} \* ARABIC", str(placed.number))])
        for run in runs:
            run.bold = True
        field = [n for n, run in enumerate(runs) if run._r.find(qn("w:fldChar")) is not None]
        number = f"_Ref_{kind}_{placed.number}"
        self.bookmark(runs[field[0]]._r, runs[field[-1]]._r, number)
        xml.written(made, "\u2002")
        self.write(made, placed.caption)
        if placed.note:
            xml.written(made, say("mark.sentences", self.look.language, one="", other=placed.note))
        return made

    def picture(self, placed: Placed) -> None:
        """Set a figure over its caption."""
        drawn: Any = placed.drawn
        if drawn.files:
            self.drawn_from[f"_Ref_figure_{placed.number}"] = drawn.files
        made = self.paragraph("report figure")
        if placed.ahead:
            made.paragraph_format.page_break_before = True
        run = made.add_run()
        width = placed.share * min(int(Mm(drawn.width)), self.width * _TWIP)
        run.add_picture(io.BytesIO(drawn.data), width=Emu(round(width)))
        xml.described(run, drawn.title, drawn.told)
        self.caption("figure", placed)

    def grid(self, placed: Placed) -> None:
        """Set a table under its caption."""
        block: Any = placed.block
        self.caption("table", placed).paragraph_format.keep_with_next = True
        rows = [[column.head for column in block.columns], *block.rows]
        table = self.table(rows, shares(block, self.width), "report table", header=True)
        count = len(block.rows)
        for place, row in enumerate(table._tbl.tr_lst):
            ends = place < ENDS or count - ENDS < place < count
            fills = block.fills[place - 1] if block.fills and place else {}
            for number, (column, cell) in enumerate(zip(block.columns, row.tc_lst, strict=True)):
                paragraph = Paragraph(cell.p_lst[0], table)
                if column.numeric:
                    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
                if place < count and (placed.whole or ends):
                    paragraph.paragraph_format.keep_with_next = True
                color = fills.get(number, "")
                if is_color(color):
                    self.fill(cell, paragraph, color, filled=column.numeric)
        if block.left:
            self.paragraph("caption", self.say("report.left", count=block.left))

    def fill(self, cell: Any, paragraph: Any, color: str, *, filled: bool) -> None:
        """Color a cell of numbers, or set a bar of its color beside a word."""
        if not filled:
            paragraph.paragraph_format.left_indent = Pt(9)
            xml.barred(paragraph, "single", 48, color, space=3)
            return
        xml.filled(cell, color)
        for run in paragraph.runs:
            run._r.get_or_add_rPr().append(xml.element("w:color", val=ink_on(color)[1:]))

    def table(
        self, rows: Sequence[Sequence[str]], widths: Sequence[int], style: str, *, header: bool
    ) -> Any:
        """Make a table of texts."""
        table = self.file.add_table(len(rows), len(widths))
        table._tbl.tblStyle_val = self.styles.get(style)
        for texts, row in zip(rows, table._tbl.tr_lst, strict=True):
            for text, cell in zip(texts, row.tc_lst, strict=True):
                paragraph = Paragraph(cell.p_lst[0], table)
                paragraph._p.style = self.styles["report cell"]
                self.write(paragraph, text)
        xml.table_set(table, widths, header=header)
        self.below_table = True
        return table

    def box(self, placed: Placed) -> None:
        """Set sentences apart on a tint."""
        block: Any = placed.block
        self.paragraph("report figure").paragraph_format.space_before = Mm(0)
        table = self.table([[block.title]], [self.width], "report box", header=False)
        (cell,) = table._tbl.tr_lst[0].tc_lst
        cell.p_lst[0].style = self.styles["report box title"]
        for text in block.texts:
            paragraph = Paragraph(cell.add_p(), table)
            paragraph._p.style = self.styles["list bullet"]
            self.write(paragraph, text)

    def told(self) -> None:
        """State the title and the language, no time, and where texts and figures come from."""
        if self.below_table:
            self.paragraph("report figure")
        told = self.file.core_properties
        told.title, told.language = one_line(self.document.title)[:255], self.look.locale
        for tag in ("dcterms:created", "dcterms:modified", "cp:lastPrinted", "cp:lastModifiedBy"):
            for old in told._element.findall(qn(tag)):
                told._element.remove(old)
        xml.trace_added(self.file, self.cited, self.drawn_from)


#: Who sets each kind of block.
_SETTERS: Mapping[type, Callable[[_Pages, Placed], None]] = {
    Heading: _Pages.heading,
    Sentence: _Pages.sentence,
    Bullets: _Pages.bullets,
    Finding: _Pages.finding,
    Picture: _Pages.picture,
    DataTable: _Pages.grid,
    Aside: _Pages.box,
}
