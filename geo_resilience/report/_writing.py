"""Reports written: each format from the same blocks, each file put in place whole."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, cast

from geo_resilience.errors import InputError, OutputError
from geo_resilience.files import put_in_place
from geo_resilience.report._blocks import AUDIENCES, Audience, Chapter, Document
from geo_resilience.report._document import AUDIT, document
from geo_resilience.report._teller import Teller
from geo_resilience.report._trace import traced
from geo_resilience.report.chapters._profiles import NONE, PROFILE, file_name
from geo_resilience.report.writers._html import html, start_page
from geo_resilience.report.writers._pictures import Pictures
from geo_resilience.results import Results
from geo_resilience.words import LANGUAGES, joined

if TYPE_CHECKING:
    from geo_resilience.report.writers._word_base import Template

#: Asked for as a language: every language, each in files of its own.
BOTH = "both"


@dataclass(frozen=True, eq=False)
class Edition:
    """A report in one language; its document is made once, its figures are drawn once."""

    results: Results
    language: str
    audience: Audience
    profiles: str = NONE
    template: Template | None = None

    @cached_property
    def document(self) -> Document:
        """The blocks."""
        return document(self.results, self.language, self.audience, self.profiles)

    @cached_property
    def pictures(self) -> Pictures:
        """The figures."""
        return Pictures(self.results, self.language)

    @cached_property
    def page(self) -> str:
        """The report as a page."""
        return html(self.document, self.pictures)

    def pages(self) -> dict[str, bytes]:
        """Write the report as a page; the audit and each profile as pages of their own, by file."""
        pages = {"report.html": self.page}
        for chapter in self.document.chapters:
            key = chapter.anchor.removeprefix(PROFILE)
            if chapter.anchor == AUDIT:
                pages["audit.html"] = self._alone(chapter)
            elif key != chapter.anchor:
                pages[f"profiles/{file_name(key)}.html"] = self._alone(chapter)
        return {file: page.encode("utf-8") for file, page in pages.items()}

    def _alone(self, chapter: Chapter) -> str:
        """Write one chapter as a page."""
        title = joined([chapter.title, self.document.title], self.language, "parts")
        return html(replace(self.document, title=title, chapters=[chapter]), self.pictures)


def _word(edition: Edition) -> dict[str, bytes]:
    from geo_resilience.report.writers._word import word

    made = word(edition.document, edition.pictures, template=edition.template)
    return {"report.docx": made}


def _workbook(edition: Edition) -> dict[str, bytes]:
    from geo_resilience.report.writers._workbook import workbook

    return {"results.xlsx": workbook(Teller(edition.results, edition.language))}


def _pdf(edition: Edition) -> dict[str, bytes]:
    from geo_resilience.report.writers._pdf import pdf

    return {"report.pdf": pdf(html(edition.document, edition.pictures, "png"))}


def _slides(edition: Edition) -> dict[str, bytes]:
    from geo_resilience.report.writers._slides import slides

    return {"slides.pptx": slides(edition.document, edition.pictures)}


#: Formats by name: how an edition becomes its files, bytes by name. What writes one is loaded when
#: it is asked for.
FORMATS: Mapping[str, Callable[[Edition], dict[str, bytes]]] = {
    "html": Edition.pages,
    "docx": _word,
    "xlsx": _workbook,
    "pdf": _pdf,
    "pptx": _slides,
}


def write(
    results: Results,
    folder: str | os.PathLike[str],
    formats: Sequence[str] = ("html",),
    language: str | None = None,
    audience: str = "full",
    *,
    profiles: str = NONE,
    template: str | os.PathLike[str] | None = None,
    trace: bool = False,
) -> list[Path]:
    """Write reports of results into a folder.

    Parameters
    ----------
    results : Results
        Of a run, or read back from its folder.
    folder : path
        Made where it is not there. Files of the same names are replaced, each in one step.
    formats : sequence of str
        Among ``html`` (report.html, and in full audit.html), ``docx`` (report.docx), ``xlsx``
        (results.xlsx), ``pdf`` (report.pdf, by the extra ``pdf``) and ``pptx`` (slides.pptx, a
        slide a finding, by the extra ``slides``).
    language : {"en", "zh", "both"}, optional
        That of the study by default; with ``both`` the names end in ``_en`` and ``_zh``.
    audience : {"full", "leader"}
        A leader's report holds what matters most.
    profiles : str
        ``all``, ``none`` or keys or names of regions parted by commas: a page a region, in the
        report and, with ``html``, as a file of its own (profiles/KEY.html).
    template : path, optional
        An institute's own .docx, whose styles, page, header and footer report.docx takes.
    trace : bool
        Whether trace_report.csv is written too: where each number stands in the files of the run.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    InputError
        For an unknown format, language or audience.
    OutputError
        If a file cannot be written; files before it are whole.
    """
    languages = LANGUAGES if language == BOTH else (language or results.language,)
    _check("format", formats, FORMATS)
    _check("language", languages, (*LANGUAGES, BOTH))
    _check("audience", [audience], AUDIENCES)
    place, own = Path(folder), _template(template)
    written = []
    for spoken in languages:
        edition = Edition(results, spoken, cast(Audience, audience), profiles, own)
        files = {file: made for name in formats for file, made in FORMATS[name](edition).items()}
        if trace:
            table = traced(edition.document, results, edition.pictures.files)
            files["trace_report.csv"] = table.to_csv(index=False, lineterminator="\n").encode()
        for name, content in files.items():
            file = place / (_in_language(name, spoken) if language == BOTH else name)
            _make_folder(file.parent)
            with put_in_place(file) as beside:
                beside.write_bytes(content)
            written.append(file)
    return written


def _template(path: str | os.PathLike[str] | None) -> Template | None:
    """Read an institute's own document."""
    if path is None:
        return None
    from geo_resilience.report.writers._word_base import read_template

    return read_template(Path(path))


def _make_folder(place: Path) -> None:
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError("cli.map_out_failed", file=place, reason=error.strerror) from error


def _in_language(name: str, language: str) -> str:
    stem, _, ending = name.rpartition(".")
    return f"{stem}_{language}.{ending}"


def _check(what: str, asked: Sequence[str], known: Sequence[str] | Mapping[str, object]) -> None:
    """Raise for what is not known."""
    for each in asked:
        if each not in known:
            raise InputError(f"report.{what}_unknown", found=each, known=list(known))


def hand_over(results: Results, folder: Path) -> None:
    """Write what stands beside the tables of a run: start page, a leader's report, workbook."""
    edition = Edition(results, results.language, "leader")
    files = FORMATS["html"](edition) | FORMATS["xlsx"](edition)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    there = [file.name for file in folder.iterdir()]
    page = start_page(edition.document, edition.pictures, there)
    (folder / "index.html").write_text(page, encoding="utf-8", newline="\n")
