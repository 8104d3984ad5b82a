"""Word, slides and PDF: what a reader's program finds in them, the same texts as on the page."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
import time
import zipfile
import zlib
from pathlib import Path
from xml.sax.saxutils import escape

import docx
import matplotlib
import pytest
from docx.oxml.ns import qn
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree, html
from matplotlib._afm import AFM
from PIL import Image

from geo_resilience.errors import InputError
from geo_resilience.report import _blocks as blocks
from geo_resilience.report._document import document
from geo_resilience.report._trace import texts_of
from geo_resilience.report.writers._clean import one_line, unparted
from geo_resilience.report.writers._html import html as page_of
from geo_resilience.report.writers._pdf import pdf
from geo_resilience.report.writers._pictures import Drawn, Pictures
from geo_resilience.report.writers._slides import slides
from geo_resilience.report.writers._widths import width_of
from geo_resilience.report.writers._word import word
from geo_resilience.report.writers._word_base import read_template
from geo_resilience.words import Cell, Cited

P_NAME = "{http://schemas.openxmlformats.org/presentationml/2006/main}cNvPr"

LANGUAGES = pytest.mark.parametrize("language", ["en", "zh"])

HOSTILE = [
    '=HYPERLINK("http://x")',
    "\x00a\x1bb\ud800c\ufffe",
    "名" * 300,
    "w" * 300,
    "\u202eمنطقة\u202c البحر",
    '</w:t><w:instrText>DDEAUTO c:\\x</w:instrText>{ INCLUDETEXT "c:\\x" }',
    "two\nlines\tand a tab",
    "@SUM(1)",
    "+1-2|cmd",
    "\t=1",
    "&L&A []:*?/\\'\"<script>alert(1)</script>",
]


class Drawings:
    """Figures that are but a gray plate."""

    def drawn(self, picture, kind, layout="report"):
        if picture.figure == "cannot be drawn":
            return None
        buffer = io.BytesIO()
        Image.new("RGB", (160, 90), "gray").save(buffer, "PNG")
        plate = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 160 90"/>'
        data = buffer.getvalue() if kind == "png" else plate
        return Drawn(f"Title of {picture.figure}", f"Told of {picture.figure}", 160, 90, data)


def cited(text, row):
    return Cited(text).cited(Cell("scores.csv", row, "composite"))


def small(language="en", name="Hubei"):
    """A report with every kind of block."""
    columns = [
        blocks.ColumnHead("Region"),
        blocks.ColumnHead("Score", numeric=True),
        blocks.ColumnHead("Grade"),
    ]
    rows = [[name, cited(f"0.{row:03d}", row), "High"] for row in range(1, 41)]
    fills = [{1: "#ffff99", 2: "#0b5a78"}, *({2: "red;x:url(y)"} for _ in rows[1:])]
    first = [
        blocks.Finding(f"{name} leads.", cited("0.681 of 1.", 1), "firm", "b"),
        blocks.Finding("A claim.", "A number: 2.", "likely", "b", "bars"),
        blocks.Finding("Open.", "p = 0.4", "open", "gone"),
        blocks.Aside("Limits", [f"Few: {name}.", "Small."]),
    ]
    second = [
        blocks.Heading(f"On {name}"),
        blocks.Sentence(cited(f"{name} has 0.5.", 2)),
        blocks.Picture("cannot be drawn"),
        blocks.Picture("map", caption=f"Seen: {name}"),
        blocks.Picture("bars"),
        blocks.DataTable("Ranking", columns, rows, fills=fills, left=7),
        blocks.Bullets([name, "second"]),
        blocks.DataTable("Wide", columns, rows[:3], wide=True),
    ]
    return blocks.Document(
        title=f"Report on {name}",
        subtitle="Report",
        language=language,
        audience="full",
        imprint=[("Publisher", name)],
        chapters=[
            blocks.Chapter("a", "Findings", first),
            blocks.Chapter("b", f"Of {name}", second),
            blocks.Chapter("c", "Left out", [blocks.Sentence("In words.")]),
            blocks.Chapter("d", "Last", [blocks.DataTable("Wide", columns, rows[:2], wide=True)]),
        ],
        absent="Not asked for: the rest.",
    )


def opened(content):
    return docx.Document(io.BytesIO(content))


def text_of(element):
    return "".join(part.text or "" for part in element.iter(qn("w:t")))


def codes(element):
    return [" ".join(code.text.split()) for code in element.iter(qn("w:instrText"))]


def paragraphs(file):
    return [docx.text.paragraph.Paragraph(p, file._body) for p in file.element.body.iter(qn("w:p"))]


def marks(file):
    """What each bookmark holds."""
    found, open_marks = {}, {}
    for element in file.element.body.iter():
        if element.tag == qn("w:bookmarkStart"):
            open_marks[element.get(qn("w:id"))] = name = element.get(qn("w:name"))
            assert name not in found and re.fullmatch(r"_\w{1,39}", name)
            found[name] = ""
        elif element.tag == qn("w:bookmarkEnd"):
            del open_marks[element.get(qn("w:id"))]
        elif element.tag == qn("w:t"):
            for name in open_marks.values():
                found[name] += element.text
    assert not open_marks
    return found


def flat(text):
    return re.sub("[\u00a0\u2002]", " ", one_line(text))


@LANGUAGES
def test_the_same_report_is_the_same_file_and_states_no_time(language):
    made = word(small(language), Drawings())
    assert made == word(small(language), Drawings())
    with zipfile.ZipFile(io.BytesIO(made)) as file:
        assert {entry.date_time[0] for entry in file.infolist()} == {1980}
        assert not re.search(rb"20\d\d-\d\d-\d\d", file.read("docProps/core.xml"))
        assert b"rsid" not in file.read("word/document.xml")
    assert opened(made).core_properties.title == "Report on Hubei"


def test_every_kind_of_text_has_a_style_of_its_own():
    file = opened(word(small(), Drawings()))
    used = {flat(p.text): p.style.name for p in paragraphs(file)}
    assert used["Report on Hubei"] == "Title"
    assert used["Report"] == "Subtitle"
    assert used["Findings"] == used["Left out"] == "Heading 1"
    assert used["On Hubei"] == "Heading 2"
    assert used["Hubei has 0.5."] == "Body Text"
    assert used["Figure 1. Seen: Hubei Title of map."] == used["Table 1. Ranking"] == "Caption"
    assert used["second"] == used["Small."] == "List Bullet"
    assert used["Contents"] == "TOC Heading"
    assert {table.style.name for table in file.tables} == {
        "Normal Table",
        "Report Box",
        "Report Table",
    }


@LANGUAGES
def test_type_and_language_are_those_of_the_report(language):
    file = opened(word(small(language), Drawings()))
    (fonts,) = file.styles.element.find(qn("w:docDefaults")).iter(qn("w:rFonts"))
    assert fonts.get(qn("w:eastAsia")) == "Microsoft YaHei"
    assert fonts.get(qn("w:ascii")) == "Arial"
    (spoken,) = file.styles.element.find(qn("w:docDefaults")).iter(qn("w:lang"))
    assert spoken.get(qn("w:eastAsia")) == "zh-CN"
    assert file.core_properties.language == {"en": "en-US", "zh": "zh-CN"}[language]
    families = {
        font.get(qn(f"w:{kind}"))
        for root in (file.element, file.styles.element)
        for font in root.iter(qn("w:rFonts"))
        for kind in ("ascii", "eastAsia")
    }
    assert families <= {"Arial", "Microsoft YaHei", None}


@LANGUAGES
def test_captions_are_numbered_by_fields_and_referred_to_by_fields(language):
    file = opened(word(small(language), Drawings()))
    figure, table = {"en": ("Figure ", "Table "), "zh": ("图", "表")}[language]
    held = {name: flat(text) for name, text in marks(file).items()}
    for kind, before, count in (("figure", figure, 2), ("table", table, 3)):
        told = [held[f"_Ref_{kind}_{number}"] for number in range(1, count + 1)]
        assert told == [f"{number}" for number in range(1, count + 1)]
        seq = f"SEQ {before.strip()} \\* ARABIC"
        assert codes(file.element).count(seq) == count
    references = [code for code in codes(file.element) if code.startswith("REF")]
    assert {code.split()[1] for code in references} <= set(held)
    (claim,) = (p for p in paragraphs(file) if flat(p.text).startswith("0.681"))
    assert [code.split()[1] for code in codes(claim._p)] == [
        "_Ref_chapter_2",
        "_Ref_figure_1",
        "_Toc00000002",
    ]
    assert held["_Ref_chapter_2"] == "Of Hubei" and held["_Ref_chapter_2"] in claim.text
    assert flat(claim.text).endswith({"en": "Figure 1, p. 3", "zh": "图1，第3页"}[language])


def test_every_field_is_whole_and_of_a_known_kind():
    root = opened(word(small(), Drawings())).element
    kinds = [part.get(qn("w:fldCharType")) for part in root.iter(qn("w:fldChar"))]
    assert kinds.count("begin") == kinds.count("separate") == kinds.count("end") > 5
    assert {code.split()[0] for code in codes(root)} == {"TOC", "SEQ", "REF", "PAGEREF"}


def test_the_contents_are_the_headings_and_lead_to_them():
    file = opened(word(small(), Drawings()))
    headings = [p.text for p in paragraphs(file) if p.style.name == "Heading 1"]
    entries = [p for p in paragraphs(file) if p.style.name == "toc 1"]
    told = [text_of(entry._p) for entry in entries]
    # Two figures, a table of 40 rows, a page of its own, a lying page: counted by hand.
    pages = [2, 3, 7, 8]
    told_pages = zip(headings, pages, strict=True)
    assert told == [f"{n}{head}{page}" for n, (head, page) in enumerate(told_pages, start=1)]
    held = marks(file)
    anchors = [link.get(qn("w:anchor")) for e in entries for link in e._p.iter(qn("w:hyperlink"))]
    assert [held[anchor] for anchor in anchors] == headings
    assert codes(entries[0]._p)[0].startswith("TOC")


def test_pictures_say_what_they_show():
    file = opened(word(small(), Drawings()))
    told = [each.get("descr") for each in file.element.iter(qn("wp:docPr"))]
    assert told == ["Told of map", "Told of bars"]
    assert len({each.get("id") for each in file.element.iter(qn("wp:docPr"))}) == 2


def test_heads_repeat_rows_stay_whole_and_captions_stay_beside():
    file = opened(word(small(), Drawings()))
    long = file.tables[2]
    heads = [row._tr.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None for row in long.rows]
    assert heads == [True] + [False] * 40
    assert all(row._tr.find(f"{qn('w:trPr')}/{qn('w:cantSplit')}") is not None for row in long.rows)
    before = docx.text.paragraph.Paragraph(long._tbl.getprevious(), file._body)
    assert before.style.name == "Caption" and before.paragraph_format.keep_with_next
    assert file.styles["Report Figure"].paragraph_format.keep_with_next
    assert long.rows[1].cells[1].paragraphs[0].alignment == 2  # numbers stand at the right


def test_colors_of_cells_are_colors_only():
    long = opened(word(small(), Drawings())).tables[2]
    (shade,) = long._tbl.iter(qn("w:shd"))
    assert shade.get(qn("w:fill")) == "ffff99"
    bars = [
        bar.get(qn("w:color")) for bar in long._tbl.iter(qn("w:left")) if bar.get(qn("w:color"))
    ]
    assert bars == ["0b5a78"]


def test_wide_tables_lie_and_chapters_begin_pages():
    file = opened(word(small(), Drawings()))
    lying = [section.page_width > section.page_height for section in file.sections]
    assert lying == [False, True, False, True]
    for section in file.sections[1:]:
        assert (
            section.header.is_linked_to_previous and not section.different_first_page_header_footer
        )
    starts = {
        p.text: p.paragraph_format.page_break_before
        for p in paragraphs(file)
        if p.style.name == "Heading 1"
    }
    assert starts == {"Findings": True, "Of Hubei": True, "Left out": True, "Last": True}
    assert codes(file.sections[0].footer._element) == ["PAGE"]
    assert file.sections[0].header.paragraphs[0].text == "Report on Hubei"


def test_each_cited_text_leads_to_its_cells_unseen():
    made = word(small(), Drawings())
    with zipfile.ZipFile(io.BytesIO(made)) as file:
        trace = etree.fromstring(file.read("customXml/trace.xml"))
    held = marks(opened(made))
    space = {"t": "urn:geo-resilience:trace"}
    found = [
        (held[text.get("bookmark")], [(c.get("file"), c.get("row"), c.get("column")) for c in text])
        for text in trace.iterfind("t:text", space)
    ]
    told = [
        (flat(text), [(cell.file, str(cell.row), cell.column) for cell in text.cells])
        for chapter in small().chapters
        for block in chapter.blocks
        for _, text in texts_of(block)
        if isinstance(text, Cited)
    ]
    assert found == told and len(told) > 40


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_is_more_than_text_in_any_format(name):
    made = word(small(name=name), Drawings())
    with zipfile.ZipFile(io.BytesIO(made)) as file:
        links = b"".join(file.read(each) for each in file.namelist() if each.endswith(".rels"))
        for each in file.namelist():
            if each.endswith((".xml", ".rels")):
                etree.fromstring(file.read(each))
    assert b"External" not in links
    root = opened(made).element
    assert {code.split()[0] for code in codes(root)} == {"TOC", "SEQ", "REF", "PAGEREF"}
    assert not [link for link in root.iter(qn("w:hyperlink")) if link.get(qn("r:id"))]
    assert one_line(name) in text_of(root)
    assert not re.search("[\x00-\x08\u202a-\u202e]", text_of(root))
    shown = page_of(small(name=name), Drawings())
    assert flat(name).split("</")[0] in flat(html.fromstring(shown).text_content())
    assert not re.search(r"<w:|DDEAUTO c:\\x</w|<script", shown)


@pytest.mark.parametrize("language", [pytest.param("en", marks=pytest.mark.slow), "zh"])
def test_word_and_page_hold_every_text_of_the_report_and_the_same(bundled, language):
    made, pictures = document(bundled, language, profiles="440000"), Pictures(bundled, language)
    root = opened(word(made, pictures)).element
    cells = [flat(text_of(p)) for p in root.iter(qn("w:p"))]
    in_word = "\n".join(cells)
    in_page = flat(html.fromstring(page_of(made, pictures)).text_content())
    told = [
        flat(text)
        for chapter in made.chapters
        for text in [
            chapter.title,
            *(text for block in chapter.blocks for _, text in texts_of(block)),
        ]
    ]
    assert len(told) > 500
    assert [text for text in told if text not in in_word] == []
    assert [text for text in told if text not in in_page] == []


def house(tmp_path, *, without=(), header="The House", page=None):
    file = docx.Document()
    file.styles["Heading 1"].font.name = "House Serif"
    file.sections[0].header.paragraphs[0].text = header
    file.sections[0].left_margin = docx.shared.Mm(40)
    for name in without:
        file.styles[name].delete()
    file.add_paragraph("What stood here before")
    file.save(tmp_path / "house.docx")
    return tmp_path / "house.docx"


def test_a_template_gives_its_styles_header_and_page(tmp_path):
    template = read_template(house(tmp_path))
    file = opened(word(small(), Drawings(), template=template))
    assert file.styles["Heading 1"].font.name == "House Serif"
    assert file.sections[0].header.paragraphs[0].text == "The House"
    assert round(file.sections[0].left_margin.mm) == 40
    assert "What stood here before" not in text_of(file.element)
    named = [p.style.name for p in paragraphs(file) if p.text.strip() == "Findings"]
    assert named == ["toc 1", "Heading 1"]  # without numbers, as that style has none
    (note,) = template.notes
    assert "Report Table" in note.say() and "List Bullet" not in note.say()
    assert word(small(), Drawings(), template=template) == word(
        small(), Drawings(), template=read_template(house(tmp_path))
    )


def test_a_style_that_a_template_lacks_is_made_and_told(tmp_path):
    template = read_template(house(tmp_path, without=("List Bullet", "Caption", "Heading 2")))
    (note,) = template.notes
    for language, name in (("en", "List Bullet"), ("zh", "caption"), ("en", "heading 2")):
        assert name in note.say(language)
    file = opened(word(small(), Drawings(), template=template))
    used = {flat(p.text): p.style for p in paragraphs(file)}
    assert used["second"].name == "List Bullet"
    assert used["second"].base_style.name == "Normal"
    number = next(used["second"].element.iter(qn("w:numId"))).get(qn("w:val"))
    numbering = file.part.numbering_part.element
    (own,) = (each for each in numbering.findall(qn("w:num")) if each.get(qn("w:numId")) == number)
    kind = own.find(qn("w:abstractNumId")).get(qn("w:val"))
    (level,) = (
        each
        for each in numbering.findall(qn("w:abstractNum"))
        if each.get(qn("w:abstractNumId")) == kind
    )
    assert next(level.iter(qn("w:lvlText"))).get(qn("w:val")) == "•"
    ids = [style.get(qn("w:styleId")) for style in file.styles.element.findall(qn("w:style"))]
    assert len(ids) == len(set(ids))


def lying(section):
    section.page_width, section.page_height = section.page_height, section.page_width


def small_page(section):
    section.page_width, section.left_margin, section.right_margin = map(docx.shared.Mm, (148, 9, 9))


def own_footer(section):
    section.different_first_page_header_footer = True
    section.first_page_footer.paragraphs[0].text = "Of the first page"
    section.footer.paragraphs[0].text = "Of the others"


@pytest.mark.parametrize("page", [lying, small_page, own_footer])
def test_a_template_keeps_its_page_and_its_feet(tmp_path, page):
    source = house(tmp_path)
    file = docx.Document(source)
    page(file.sections[0])
    for name in ("Title", "Body Text", "Normal Table"):
        file.styles[name].delete()
    file.save(source)
    made = opened(word(small(), Drawings(), template=read_template(source)))
    first, wide = made.sections[:2]
    asked = file.sections[0]
    assert (first.page_width, first.page_height) == (asked.page_width, asked.page_height)
    assert wide.page_width > wide.page_height
    for kind in ("header", "first_page_footer", "footer"):
        told = [getattr(each, kind).paragraphs[0].text for each in (first, asked)]
        assert told[0] == told[1]
    text = first.page_width - first.left_margin - first.right_margin
    widths = [int(each.get("cx")) for each in made.element.iter(qn("wp:extent"))]
    assert max(widths) <= text
    # Its pages cannot be reckoned: nothing is said of them until Word does.
    entries = [p for p in paragraphs(made) if codes(p._p)[-1:] and "PAGEREF" in codes(p._p)[-1]]
    assert len(entries) == 4 and all(p.text.endswith("\t") for p in entries)


def test_a_template_of_word_is_taken_and_anything_else_is_refused(tmp_path):
    source = house(tmp_path)
    main = b"wordprocessingml.document.main"
    for ending, kind in (("dotx", b"wordprocessingml.template.main"), ("docm", b"macroEnabled")):
        with zipfile.ZipFile(source) as old, zipfile.ZipFile(tmp_path / f"a.{ending}", "w") as new:
            for name in old.namelist():
                data = old.read(name)
                new.writestr(name, data.replace(main, kind) if "Types" in name else data)
    assert read_template(tmp_path / "a.dotx").name == "a.dotx"
    (tmp_path / "text.docx").write_text("not a document")
    with zipfile.ZipFile(tmp_path / "zip.docx", "w") as file:
        file.writestr("a.txt", "a")
    (tmp_path / "cut.docx").write_bytes(source.read_bytes()[:9000])
    # Word wraps what it locks by a password in a file of Microsoft's compound kind.
    (tmp_path / "locked.docx").write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(4096))
    for name in ("text.docx", "zip.docx", "cut.docx", "locked.docx", "a.docm", "gone.docx", "."):
        with pytest.raises(InputError) as caught:
            read_template(tmp_path / name)
        assert (tmp_path / name).name in str(caught.value)


@LANGUAGES
def test_each_finding_is_a_slide_and_the_limits_are_the_last(language):
    pptx = pytest.importorskip("pptx")
    made = slides(small(language), Drawings())
    assert made == slides(small(language), Drawings())
    shown = list(pptx.Presentation(io.BytesIO(made)).slides)
    titles = [slide.shapes.title.text for slide in shown]
    assert titles == ["Report on Hubei", "Hubei leads.", "A claim.", "Open.", "Limits"]
    texts = [
        flat(" ".join(s.text_frame.text for s in slide.shapes if s.has_text_frame))
        for slide in shown
    ]
    assert "0.681 of 1." in texts[1] and {"en": "firm", "zh": "可靠"}[language] in texts[1]
    for place, number in ((1, 1), (2, 2)):  # the first figure of the chapter, and the one named
        told = {"en": f"Figure {number}", "zh": f"图{number}"}[language]
        assert "Of Hubei" in texts[place] and told in texts[place]
    shown_on = [
        [each.get("descr") for each in slide._element.iter(P_NAME) if each.get("descr")]
        for slide in shown
    ]
    assert shown_on == [[], ["Told of map"], ["Told of bars"], [], []]
    assert "scores.csv" in texts[1]
    assert "scores.csv#1,composite" in shown[1].notes_slide.notes_text_frame.text
    for slide in shown:
        for shape in slide.shapes:
            assert shape.left + shape.width <= 12192000 and shape.top + shape.height <= 6858000
    assert "Few: Hubei." in texts[-1] and "Small." in texts[-1]
    pictures = [[s for s in slide.shapes if hasattr(s, "image")] for slide in shown]
    assert [len(each) for each in pictures] == [0, 1, 1, 0, 0]
    assert pictures[1][0]._element.xpath(".//p:cNvPr/@descr") == ["Told of map"]
    edge = pptx.Presentation(io.BytesIO(made)).slide_width
    assert all(s.left >= 0 and s.left + s.width <= edge for slide in shown for s in slide.shapes)


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_is_more_than_text_on_a_slide(name):
    pytest.importorskip("pptx")
    with zipfile.ZipFile(io.BytesIO(slides(small(name=name), Drawings()))) as file:
        for each in file.namelist():
            if each.endswith((".xml", ".rels")):
                assert b"External" not in file.read(each)
                etree.fromstring(file.read(each))
        told = "".join(etree.fromstring(file.read("ppt/slides/slide2.xml")).itertext())
    assert flat(f"{name} leads.") in flat(told)


def test_a_pdf_is_the_same_twice_with_outline_tags_and_language():
    pytest.importorskip("weasyprint")
    page = page_of(small("zh"), Drawings())
    made = pdf(page)
    assert made == pdf(page) and made.startswith(b"%PDF")
    packed = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", made, re.DOTALL)
    objects = b"".join(zlib.decompress(each) for each in packed if each.startswith(b"x"))
    for entry in (b"/Outlines", b"/StructTreeRoot", b"/MarkInfo", b"/Lang (zh-CN)"):
        assert entry in objects
    assert b"/CreationDate" not in objects + made


def test_without_its_library_a_format_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    monkeypatch.setitem(sys.modules, "pptx", None)
    with pytest.raises(InputError, match=r"geo-resilience\[pdf\].*browser"):
        pdf("<p>")
    with pytest.raises(InputError, match=r"geo-resilience\[slides\]"):
        slides(small(), Drawings())


def test_numbers_are_kept_with_their_signs():
    assert (
        unparted("95 % (p = 0.01, p < 0.1)") == "95\u00a0% (p\u00a0=\u00a00.01, p\u00a0<\u00a00.1)"
    )
    assert unparted("a shop = b") == "a shop = b"


def test_widths_of_letters_are_those_of_the_type():
    """Helvetica's metrics are Arial's; matplotlib brings them."""
    file = Path(matplotlib.get_data_path()) / "fonts" / "pdfcorefonts" / "Helvetica.afm"
    with file.open("rb") as metrics:
        type_ = AFM(metrics)
    for text in ("Inner Mongolia", "No difference that can be told from chance", "WWF 2018, mill"):
        true = sum(type_.get_width_char(ord(sign)) for sign in text) / 1000
        assert width_of(text, 1) == pytest.approx(true, rel=0.08)


@pytest.mark.parametrize("make", [word, slides])
def test_a_file_made_later_is_the_same(monkeypatch, make):
    pytest.importorskip("pptx")
    first = make(small(), Drawings())
    later = time.struct_time((2031, 5, 6, 7, 8, 9, 1, 1, 0))
    monkeypatch.setattr("time.localtime", lambda *_: later)
    assert make(small(), Drawings()) == first


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="needs LibreOffice Writer")
@LANGUAGES
def test_pages_shown_are_those_where_chapters_stand(bundled, language, tmp_path):
    made = document(bundled, language, profiles="440000,420000")
    (tmp_path / "a.docx").write_bytes(word(made, Pictures(bundled, language)))
    profile = f"-env:UserInstallation=file://{tmp_path}/office"
    asked = ["soffice", profile, "--headless", "--convert-to", "pdf", "a.docx"]
    subprocess.run(asked, cwd=tmp_path, check=True, capture_output=True)
    file = opened((tmp_path / "a.docx").read_bytes())
    entries = [p._p for p in paragraphs(file) if p.style.name == "toc 1"]
    told = [int(list(entry.iter(qn("w:t")))[-1].text) for entry in entries]
    asked = ["pdftotext", "-l", "2", "-layout", "a.pdf", "-"]
    laid = subprocess.run(asked, cwd=tmp_path, check=True, capture_output=True, text=True).stdout
    pages = [int(page) for page in re.findall(r"[ .]{3,}(\d+)$", laid, re.MULTILINE)]
    assert told == pages[: len(told)]


@given(st.text())
def test_no_text_brings_a_sign_that_office_cannot_hold(text):
    told = one_line(text)
    assert not re.search("[\x00-\x1f\u2028\u2029\u202a-\u202e\ufffe\uffff\ud800-\udfff]", told)
    assert etree.fromstring(f"<a>{escape(told)}</a>").text in (told or None, None)
    assert one_line(told) == told


LINES = """
() => {
  const broken = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let [block, before] = [null, null];
  for (let node; (node = walker.nextNode()); ) {
    const now = node.parentElement.closest("p, li, h1, h2, a");
    if (now !== block) [block, before] = [now, null];
    for (let at = 0; at < node.length; at += 1) {
      if (!node.data[at].trim()) continue;
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + 1);
      const { top, height } = range.getBoundingClientRect();
      if (!height) continue;
      if (before !== null && top > before + height / 2) broken.push(node.data.slice(at, at + 6));
      before = top;
    }
  }
  return broken;
}
"""


@pytest.mark.browser
def test_no_line_of_chinese_begins_with_a_closing_mark_or_a_year_alone(chromium):
    text = "2018年至2023年各地区均值上升（由0.345变为0.374，p = 0.012），“优势”在东部；西部未变。"
    long = "，".join(text.replace("东部", f"东部{n}个地区") for n in range(40))
    made = blocks.Document(
        title="31个省级行政区高技术制造业产业链韧性，2018—2023年",
        subtitle="报告",
        language="zh",
        audience="full",
        imprint=[],
        chapters=[blocks.Chapter("a", "发现", [blocks.Sentence(long), blocks.Bullets([text] * 3)])],
    )
    page = chromium.new_page()
    page.set_content(page_of(made, Drawings()))
    starts = []
    for width in range(420, 700, 31):
        page.set_viewport_size({"width": width, "height": 800})
        starts += page.evaluate(LINES)
    page.close()
    assert len(starts) > 100
    assert not [start for start in starts if start[0] in "，。；：、）”？！年%"]


@pytest.mark.browser
def test_a_page_prints_on_sheets_that_stand(chromium):
    page = chromium.new_page()
    page.set_content(page_of(small(), Drawings()))
    printed = page.pdf(prefer_css_page_size=True)
    page.close()
    sheets = re.findall(rb"/MediaBox ?\[0 0 ([\d.]+) ([\d.]+)\]", printed)
    # Findings on the cover; contents; figures, the long table and what was left out.
    assert not any(float(width) > float(height) for width, height in sheets)
    assert 3 <= len(sheets) <= 6
