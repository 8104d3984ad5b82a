"""What python-docx has no words for: fields, bookmarks, texts of pictures, lying pages, trace."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from docx.enum.section import WD_ORIENT
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from lxml import etree

from geo_resilience.report.writers._clean import one_line, unparted
from geo_resilience.words import Cell

_CHINESE = re.compile("[一-鿿]")

TRACE = "urn:geo-resilience:trace"
_STORE = "http://schemas.openxmlformats.org/officeDocument/2006/customXml"


def element(tag: str, /, **values: object) -> Any:
    """Make an element of Word with attributes of Word.

    Examples
    --------
    >>> element("w:shd", fill="F3F5F7").get(qn("w:fill"))
    'F3F5F7'
    """
    made = OxmlElement(tag)
    for name, value in values.items():
        made.set(qn(f"w:{name}"), str(value))
    return made


def written(paragraph: Any, text: str, style: str | None = None) -> Any:
    """Write a text at the end of a paragraph as a run of one line, and nothing but text."""
    run = paragraph.add_run()
    part = element("w:t")
    part.text = unparted(one_line(text))
    part.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    run._r.append(part)
    if _CHINESE.search(text):  # marks that both scripts have are Chinese ones
        run._r.get_or_add_rPr().append(element("w:rFonts", hint="eastAsia"))
    if style is not None:
        run._r.get_or_add_rPr().insert(0, element("w:rStyle", val=style))
    return run


def field(paragraph: Any, code: str, shown: str) -> list[Any]:
    """Set a field at the end of a paragraph, with what it shows until it is updated."""
    runs = []
    for kind in ("begin", "code", "separate", "shown", "end"):
        if kind == "shown":
            runs.append(written(paragraph, shown))
            continue
        run = paragraph.add_run()
        if kind == "code":
            told = element("w:instrText")
            told.text = f" {code} "
            told.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
            run._r.append(told)
        else:
            run._r.append(element("w:fldChar", fldCharType=kind))
        runs.append(run)
    return runs


def bookmarked(first: Any, last: Any, name: str, number: int) -> None:
    """Set a bookmark around what stands from one element to another."""
    first.addprevious(element("w:bookmarkStart", id=number, name=name))
    last.addnext(element("w:bookmarkEnd", id=number))


def described(run: Any, title: str, told: str) -> None:
    """Give the picture of a run its name and its text for those who do not see it."""
    for properties in run._r.iter(qn("wp:docPr")):
        properties.set("name", one_line(title))
        properties.set("descr", one_line(told))


def barred(paragraph: Any, kind: str, size: int, color: str, space: int = 8) -> None:
    """Set a bar at the left of a paragraph."""
    borders = element("w:pBdr")
    borders.append(element("w:left", val=kind, sz=size, space=space, color=color[1:]))
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(
        borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:outlineLvl", "w:sectPr"
    )


def filled(cell: Any, color: str) -> None:
    """Fill a cell with a color."""
    shade = element("w:shd", val="clear", color="auto", fill=color[1:])
    cell.get_or_add_tcPr().append(shade)


def table_set(table: Any, widths: Sequence[int], *, header: bool) -> None:
    """Fix the widths of a table's columns, keep its rows whole, repeat its head on every page."""
    properties = table._tbl.tblPr
    for tag in ("w:tblW", "w:tblLayout", "w:tblLook"):
        for old in properties.findall(qn(tag)):
            properties.remove(old)
    properties.append(element("w:tblW", w=sum(widths), type="dxa"))
    properties.append(element("w:tblLayout", type="fixed"))
    look = {"firstRow": int(header), "noHBand": 1, "noVBand": 1}
    properties.append(element("w:tblLook", **look))
    for column, width in zip(table._tbl.tblGrid, widths, strict=True):
        column.set(qn("w:w"), str(width))
    for place, row in enumerate(table._tbl.tr_lst):
        options = row.get_or_add_trPr()
        options.append(element("w:cantSplit"))
        if header and place == 0:
            options.append(element("w:tblHeader"))
        for cell, width in zip(row.tc_lst, widths, strict=True):
            cell.width = width * 635


def turned(document: Any, *, landscape: bool) -> None:
    """Begin a new page that lies or stands, with the header and footer of those before."""
    body = document.element.body
    ahead, before = body.sectPr, body.sectPr.getprevious()
    ending = ahead.clone()
    if before is None or before.tag != qn("w:p"):
        before = element("w:p")
        ahead.addprevious(before)
        spacing = element("w:spacing", before=0, after=0, line=20, lineRule="exact")
        before.get_or_add_pPr().append(spacing)
    before.set_sectPr(ending)
    for tag in ("w:headerReference", "w:footerReference", "w:titlePg"):
        for reference in ahead.findall(qn(tag)):
            ahead.remove(reference)
    section = document.sections[-1]
    width, height = sorted((section.page_width, section.page_height), reverse=landscape)
    section.page_width, section.page_height = width, height
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT


def contents_wrapped(elements: Sequence[Any]) -> None:
    """Set paragraphs in a control that Word knows as a table of contents."""
    control, properties, kind = (element(f"w:{tag}") for tag in ("sdt", "sdtPr", "docPartObj"))
    kind.append(element("w:docPartGallery", val="Table of Contents"))
    kind.append(element("w:docPartUnique"))
    properties.append(kind)
    control.append(properties)
    elements[0].addprevious(control)
    content = element("w:sdtContent")
    control.append(content)
    for each in elements:
        content.append(each)


def trace_added(
    document: Any, cited: Mapping[str, Iterable[Cell]], drawn: Mapping[str, Iterable[str]]
) -> None:
    """Add a part that says which cells each bookmarked text is read from, and figures' files."""
    root = etree.Element(f"{{{TRACE}}}trace", nsmap={None: TRACE})
    for bookmark, cells in cited.items():
        text = etree.SubElement(root, f"{{{TRACE}}}text", bookmark=bookmark)
        for cell in cells:
            etree.SubElement(
                text,
                f"{{{TRACE}}}cell",
                file=one_line(cell.file),
                row=str(cell.row),
                column=one_line(cell.column),
            )
    for bookmark, files in drawn.items():
        figure = etree.SubElement(root, f"{{{TRACE}}}figure", bookmark=bookmark)
        for file in files:
            etree.SubElement(figure, f"{{{TRACE}}}file", name=one_line(file))
    data = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    package = document.part.package
    part = Part(PackURI("/customXml/trace.xml"), "application/xml", data, package)
    document.part.relate_to(part, RELATIONSHIP_TYPE.CUSTOM_XML)
    number = str(uuid.uuid5(uuid.NAMESPACE_URL, TRACE)).upper()
    store = etree.Element(f"{{{_STORE}}}datastoreItem", nsmap={"ds": _STORE})
    store.set(f"{{{_STORE}}}itemID", f"{{{number}}}")
    schemas = etree.SubElement(store, f"{{{_STORE}}}schemaRefs")
    etree.SubElement(schemas, f"{{{_STORE}}}schemaRef").set(f"{{{_STORE}}}uri", TRACE)
    properties = Part(
        PackURI("/customXml/traceProps.xml"),
        "application/vnd.openxmlformats-officedocument.customXmlProperties+xml",
        etree.tostring(store, xml_declaration=True, encoding="UTF-8", standalone=False),
        package,
    )
    part.relate_to(properties, RELATIONSHIP_TYPE.CUSTOM_XML_PROPS)
