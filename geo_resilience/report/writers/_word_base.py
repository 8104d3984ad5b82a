"""What a Word document is begun from: the report's own styles, or an institute's template."""

from __future__ import annotations

import copy
import io
import zipfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import docx
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.parts.numbering import NumberingPart

from geo_resilience.errors import InputError
from geo_resilience.notes import Note
from geo_resilience.report.writers._look import Look
from geo_resilience.report.writers._office import filled, packed

#: Parts of the report's own empty document.
_PARTS = (
    "[Content_Types].xml",
    "_rels/.rels",
    "docProps/core.xml",
    "word/document.xml",
    "word/_rels/document.xml.rels",
    "word/styles.xml",
    "word/numbering.xml",
    "word/settings.xml",
    "word/fontTable.xml",
)

#: Styles of a report as Word calls them; what an institute's template lacks comes from ours.
ROLES = (
    "Title",
    "Subtitle",
    "heading 1",
    "heading 2",
    "Body Text",
    "caption",
    "List Bullet",
    "TOC Heading",
    "toc 1",
    "header",
    "footer",
    "Report Figure",
    "Report Claim",
    "Report Numbers",
    "Report Cell",
    "Report Box Title",
    "Report Certainty",
    "Report Table",
    "Report Box",
)

#: The most that a template may hold when it is unpacked.
_MOST_BYTES = 200_000_000

_AS_TEMPLATE, _AS_DOCUMENT = b"wordprocessingml.template.main", b"wordprocessingml.document.main"


@dataclass(frozen=True)
class Template:
    """An institute's own document, whose styles, page, header and footer a report takes.

    - ``notes``: which styles of a report it lacks, so that the report's own are used.
    """

    name: str
    data: bytes

    @cached_property
    def notes(self) -> tuple[Note, ...]:
        """Say which styles it lacks."""
        missing = _missing(docx.Document(io.BytesIO(self.data)))
        if not missing:
            return ()
        return (Note("report.template_styles", self.name, {"styles": missing}),)


def _missing(document: Any) -> list[str]:
    """Name the styles that a document lacks; a body text may be its normal text."""
    there = style_ids(document)
    asked = (role for role in ROLES if role != "Body Text" or "normal" not in there)
    return [role for role in asked if role.casefold() not in there]


def read_template(path: str | Path) -> Template:
    """Read an institute's template, a .docx or .dotx without macros.

    Raises
    ------
    InputError
        If it is not there or is no such document.
    """
    path = Path(path)
    try:
        data = _as_document(path.read_bytes())
        docx.Document(io.BytesIO(data)).element.body  # noqa: B018
    except OSError as error:
        raise InputError("report.template_unread", file=path.name, why=error.strerror) from None
    except Exception:  # whatever a broken file makes zip, XML and python-docx say
        raise InputError("report.template", file=path.name) from None
    return Template(path.name, data)


def _as_document(data: bytes) -> bytes:
    """Give a template of Word as a document; one that is too large when unpacked is refused."""
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        if sum(entry.file_size for entry in file.infolist()) > _MOST_BYTES:
            raise ValueError("too large")
        parts = {name: file.read(name) for name in file.namelist()}
    types = parts["[Content_Types].xml"]
    if b"macroEnabled" in types:
        raise ValueError("macros")
    parts["[Content_Types].xml"] = types.replace(_AS_TEMPLATE, _AS_DOCUMENT)
    return packed(parts)


def begun(look: Look, template: Template | None) -> Any:
    """Begin a document: empty, with every style of a report, its header and footer its own."""
    own = docx.Document(filled("word", _PARTS, look))
    if template is None:
        return own
    document = docx.Document(io.BytesIO(template.data))
    body = document.element.body
    for element in list(body):
        if element.tag != qn("w:sectPr"):
            body.remove(element)
    if body.sectPr is None:
        body.append(copy.deepcopy(own.element.body.sectPr))
    _complete(document, own)
    for told in document.styles.element.iterfind(f"{qn('w:docDefaults')}//{qn('w:lang')}"):
        told.set(qn("w:eastAsia"), "zh-CN")  # else Chinese signs may be set as elsewhere
    return document


def _styles(document: Any) -> dict[str, Any]:
    """Give the styles of a document by their ids."""
    found = document.styles.element.findall(qn("w:style"))
    return {str(style.get(qn("w:styleId"))): style for style in found}


def style_ids(document: Any) -> dict[str, str]:
    """Give the ids of a document's styles by their names in small letters."""
    names = {key: style.find(qn("w:name")) for key, style in _styles(document).items()}
    return {
        str(name.get(qn("w:val"))).casefold(): key
        for key, name in names.items()
        if name is not None
    }


def is_numbered(document: Any, name: str) -> bool:
    """Whether a style, or one that it rests on, numbers its paragraphs."""
    styles = _styles(document)
    style = styles.get(style_ids(document)[name])
    while style is not None:
        if next(style.iter(qn("w:numPr")), None) is not None:
            return True
        rests = style.find(qn("w:basedOn"))
        style = None if rests is None else styles.get(rests.get(qn("w:val")))
    return False


def _complete(document: Any, own: Any) -> None:
    """Give a template the styles that it lacks; they take its letters, as they rest on its own."""
    there, ours, source = style_ids(document), style_ids(own), _styles(own)
    missing = _missing(document)
    renamed = {key: there.get(name, there.get("normal", "")) for name, key in ours.items()}
    for role in missing:
        key = ours[role.casefold()]
        renamed[key] = f"Own{key}" if key in there.values() else key
    lists = _numbering(document, own) if {"List Bullet", "heading 1"} & set(missing) else {}
    for role in missing:
        style = copy.deepcopy(source[ours[role.casefold()]])
        style.set(qn("w:styleId"), renamed[style.get(qn("w:styleId"))])
        for rests in [*style.findall(qn("w:basedOn")), *style.findall(qn("w:next"))]:
            rests.set(qn("w:val"), renamed[rests.get(qn("w:val"))])
        for number in style.iter(qn("w:numId")):
            number.set(qn("w:val"), lists[number.get(qn("w:val"))])
        document.styles.element.append(style)


def _numbering(document: Any, own: Any) -> dict[str, str]:
    """Add the report's own lists to those of a template; give their new numbers by the old."""
    theirs, ours = _numbering_of(document), own.part.numbering_part.element
    kinds = {"w:abstractNum": "w:abstractNumId", "w:num": "w:numId"}
    taken = [int(each.get(qn(n))) for kind, n in kinds.items() for each in theirs.findall(qn(kind))]
    shift = 1 + max(taken, default=0)
    found: dict[str, str] = {}
    for kind, name in kinds.items():
        # Word wants every kind of list before the lists.
        last = theirs.findall(qn(kind)) or theirs.findall(qn("w:abstractNum"))
        place = theirs.index(last[-1]) + 1 if last else 0
        for each in reversed(ours.findall(qn(kind))):
            added = copy.deepcopy(each)
            found[str(each.get(qn(name)))] = str(int(each.get(qn(name))) + shift)
            added.set(qn(name), found[str(each.get(qn(name)))])
            for link in list(added.iter(qn("w:pStyle"))):
                link.getparent().remove(link)
            for link in added.findall(qn("w:abstractNumId")):
                link.set(qn("w:val"), str(int(link.get(qn("w:val"))) + shift))
            theirs.insert(place, added)
    return found


def _numbering_of(document: Any) -> Any:
    """Give the lists of a document, an empty part where it has none."""
    part = document.part
    try:
        return part.part_related_by(RELATIONSHIP_TYPE.NUMBERING).element
    except KeyError:
        empty = parse_xml(
            b'<w:numbering xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"/>'
        )
        name = PackURI("/word/numbering.xml")
        added = NumberingPart(name, CONTENT_TYPE.WML_NUMBERING, empty, part.package)
        part.relate_to(added, RELATIONSHIP_TYPE.NUMBERING)
        return empty
