"""What a Word document is begun from: the report's own styles, or an institute's template."""

from __future__ import annotations

import copy
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from docx import Document as open_docx
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.parts.numbering import NumberingPart

from geo_resilience.errors import InputError
from geo_resilience.notes import Note
from geo_resilience.report.writers._html import template_named
from geo_resilience.report.writers._look import Look
from geo_resilience.report.writers._office import packed

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
        there = {name.casefold() for name in _style_names(open_docx(io.BytesIO(self.data)))}
        missing = [role for role in _asked(there) if role.casefold() not in there]
        if not missing:
            return ()
        return (Note("report.template_styles", self.name, {"styles": missing}),)


def _asked(there: set[str]) -> Iterator[str]:
    """Give the styles that are asked of a template: a body text may be its normal text."""
    return (role for role in ROLES if role != "Body Text" or "normal" not in there)


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
        open_docx(io.BytesIO(data)).element.body  # noqa: B018
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


def own_document(look: Look) -> Any:
    """Begin an empty document in the report's own styles."""
    parts = {name: template_named(f"word/{name}").render(look=look) for name in _PARTS}
    return open_docx(io.BytesIO(packed({name: text.encode() for name, text in parts.items()})))


def begun(look: Look, template: Template | None) -> Any:
    """Begin a document: empty, with every style of a report, its header and footer its own."""
    own = own_document(look)
    if template is None:
        return own
    document = open_docx(io.BytesIO(template.data))
    body = document.element.body
    for element in list(body):
        if element.tag != qn("w:sectPr"):
            body.remove(element)
    if body.sectPr is None:
        body.append(copy.deepcopy(own.element.body.sectPr))
    _complete(document, own)
    return document


def _style_names(document: Any) -> list[str]:
    return [str(name.get(qn("w:val"))) for name in document.styles.element.findall("*/" + qn("w:name"))]


def style_ids(document: Any) -> dict[str, str]:
    """Give the ids of a document's styles by their names in small letters."""
    found = {}
    for style in document.styles.element.findall(qn("w:style")):
        name = style.find(qn("w:name"))
        if name is not None:
            found.setdefault(str(name.get(qn("w:val"))).casefold(), str(style.get(qn("w:styleId"))))
    return found


def _complete(document: Any, own: Any) -> None:
    """Give a template the styles that it lacks; they take its letters, as they rest on its own."""
    there = style_ids(document)
    ours = style_ids(own)
    taken = set(there.values())
    missing = [role for role in _asked(set(there)) if role.casefold() not in there]
    renamed = {ours[name]: there[name] for name in ours if name in there}
    for role in missing:
        old = ours[role.casefold()]
        renamed[old] = f"GR{old}" if old in taken else old
    renamed.setdefault("BodyText", there.get("normal", ""))
    source = {str(s.get(qn("w:styleId"))): s for s in own.styles.element.findall(qn("w:style"))}
    numbers = _numbering(document, own) if {"List Bullet", "heading 1"} & set(missing) else {}
    for role in missing:
        style = copy.deepcopy(source[ours[role.casefold()]])
        style.set(qn("w:styleId"), renamed[style.get(qn("w:styleId"))])
        for tag in ("w:basedOn", "w:next"):
            for rests in style.findall(qn(tag)):
                rests.set(qn("w:val"), renamed.get(rests.get(qn("w:val")), ""))
                if not rests.get(qn("w:val")):
                    style.remove(rests)
        for number in style.iter(qn("w:numId")):
            number.set(qn("w:val"), numbers[number.get(qn("w:val"))])
        document.styles.element.append(style)


def _numbering(document: Any, own: Any) -> dict[str, str]:
    """Add the report's own lists to those of a template; give their new numbers by the old."""
    theirs, ours = _numbering_of(document), own.part.numbering_part.element
    shift = 1 + max(
        [int(each.get(qn("w:abstractNumId"))) for each in theirs.findall(qn("w:abstractNum"))]
        + [int(each.get(qn("w:numId"))) for each in theirs.findall(qn("w:num"))],
        default=0,
    )
    found = {}
    for kind in ("w:abstractNum", "w:num"):
        place = len(theirs.findall(qn("w:abstractNum"))) if kind == "w:abstractNum" else len(theirs)
        for each in reversed(ours.findall(qn(kind))):
            added = copy.deepcopy(each)
            name = qn(f"{kind}Id" if kind == "w:abstractNum" else "w:numId")
            old = str(added.get(name))
            added.set(name, str(int(old) + shift))
            for link in added.iter(qn("w:pStyle")):
                link.getparent().remove(link)
            for link in added.iter(qn("w:abstractNumId")):
                link.set(qn("w:val"), str(int(link.get(qn("w:val"))) + shift))
            theirs.insert(place, added)
            found[old] = str(int(old) + shift)
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
