"""Reports written: each format from the same blocks, each file put in place whole."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, cast

from geo_resilience.errors import Problems, did_you_mean
from geo_resilience.files import put_all_in_place
from geo_resilience.report._blocks import AUDIENCES, Audience, Chapter, Document
from geo_resilience.report._document import AUDIT, document
from geo_resilience.report._teller import Teller
from geo_resilience.report._trace import traced
from geo_resilience.report.chapters._profiles import ALL, NONE, PROFILE, PROFILES, profile_file
from geo_resilience.report.chapters._profiles import _key as key_of
from geo_resilience.report.writers._html import html, start_page
from geo_resilience.report.writers._pictures import Pictures
from geo_resilience.results import Results
from geo_resilience.results._reading import read_results
from geo_resilience.words import LANGUAGES, joined

if TYPE_CHECKING:
    from geo_resilience.report.writers._word_base import Template

#: Asked for as a language: every language, each in files of its own.
BOTH = "both"


@dataclass(frozen=True, eq=False)
class LanguageReport:
    """A report in one language; its document is made once, its figures are drawn once."""

    results: Results
    language: str
    audience: Audience
    profiles: str = NONE
    template: Template | None = None
    only: str | None = None

    @cached_property
    def document(self) -> Document:
        """The blocks."""
        return document(
            self.results,
            self.language,
            self.audience,
            self.profiles,
            only=self.only,
            drawn=self.pictures.shows,
        )

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
            if chapter.anchor == AUDIT:
                pages["audit.html"] = self.alone(chapter)
        return {file: page.encode("utf-8") for file, page in pages.items()} | self.profile_pages()

    def profile_pages(self) -> dict[str, bytes]:
        """Write each profile as a page of its own, by file."""
        return {
            profile_file(chapter.anchor.removeprefix(PROFILE)): self.alone(chapter).encode("utf-8")
            for chapter in self.document.chapters
            if chapter.anchor.startswith(PROFILE)
        }

    def alone(self, chapter: Chapter) -> str:
        """Write one chapter as a page."""
        title = joined([chapter.title, self.document.title], self.language, "parts")
        alone = replace(self.document, title=title, chapters=[chapter], absent="")
        return html(alone, self.pictures)


def _word(edition: LanguageReport) -> dict[str, bytes]:
    from geo_resilience.report.writers._word import word

    made = word(edition.document, edition.pictures, template=edition.template)
    return {"report.docx": made}


def _workbook(edition: LanguageReport) -> dict[str, bytes]:
    from geo_resilience.report.writers._workbook import workbook

    return {"results.xlsx": workbook(Teller(edition.results, edition.language))}


def _pdf(edition: LanguageReport) -> dict[str, bytes]:
    from geo_resilience.report.writers._pdf import pdf

    return {"report.pdf": pdf(html(edition.document, edition.pictures, "png"))}


def _slides(edition: LanguageReport) -> dict[str, bytes]:
    from geo_resilience.report.writers._slides import slides

    return {"slides.pptx": slides(edition.document, edition.pictures)}


#: Formats by name: how an edition becomes its files, bytes by name. What writes one is loaded when
#: it is asked for.
FORMATS: Mapping[str, Callable[[LanguageReport], dict[str, bytes]]] = {
    "html": LanguageReport.pages,
    "docx": _word,
    "xlsx": _workbook,
    "pdf": _pdf,
    "pptx": _slides,
}


#: Module that a format is written by, where it may be missing; the words ``report.no_<module>``
#: say how to come by it.
NEEDS: Mapping[str, str] = {
    "docx": "docx",
    "xlsx": "xlsxwriter",
    "pdf": "weasyprint",
    "pptx": "pptx",
}


def write(
    results: Results | str | os.PathLike[str],
    folder: str | os.PathLike[str],
    formats: Sequence[str] = ("html",),
    language: str | None = None,
    audience: str = "full",
    *,
    profiles: str = NONE,
    template: str | os.PathLike[str] | None = None,
    trace: bool = False,
) -> list[Path]:
    """Write reports of results into a folder: all files asked for, or none.

    Parameters
    ----------
    results : Results or path
        Of a run, or the folder that it wrote: the same results, the same bytes.
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
        Whether trace_report.csv is written too: in which cell of the files of the run each number
        stands, and from which files each figure is drawn.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    InputError
        With everything that is wrong with what is asked: an unknown format, language, audience or
        region, a format whose library is not installed, a template that is none or that no
        format takes, a folder that no run wrote.
    OutputError
        If a file cannot be written; then every file is as it was before.

    Examples
    --------
    >>> import tempfile
    >>> import geo_resilience as gr
    >>> results = gr.study.run()
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     files = gr.report.write(results, folder, ["html"], "both", "leader")
    ...     [file.name for file in files]
    ['report_en.html', 'report_zh.html']
    """
    if not isinstance(results, Results):
        results = read_results(results)
    languages = LANGUAGES if language == BOTH else (language or results.language,)
    own = _asked(results, formats, languages, audience, profiles, template)
    place, contents = Path(folder), dict[Path, bytes]()
    for spoken in languages:
        edition = LanguageReport(results, spoken, cast(Audience, audience), profiles, own)
        files = {file: made for name in formats for file, made in FORMATS[name](edition).items()}
        files |= _traces(edition) if trace else {}
        for name, content in files.items():
            contents[place / (_in_language(name, spoken) if language == BOTH else name)] = content
    put_all_in_place(contents)
    return list(contents)


def _traces(edition: LanguageReport) -> dict[str, bytes]:
    """Write where numbers stand and what figures are drawn from."""
    table = traced(edition.document, edition.results, edition.pictures.files)
    return {"trace_report.csv": table.to_csv(index=False, lineterminator="\n").encode()}


def _asked(
    results: Results,
    formats: Sequence[str],
    languages: Sequence[str],
    audience: str,
    profiles: str,
    template: str | os.PathLike[str] | None,
) -> Template | None:
    """Raise with all that is wrong with what is asked; give the template."""
    problems, own = Problems(), None
    for what, asked, known in (
        ("format", list(formats) or [""], list(FORMATS)),
        ("language", languages, [*LANGUAGES, BOTH]),
        ("audience", [audience], list(AUDIENCES)),
    ):
        for each in asked:
            if each not in known:
                hint = did_you_mean(each, known)
                problems.add(f"report.{what}_unknown", found=each, known=known, hint=hint)
    for name in formats:
        if name in NEEDS and not _installed(NEEDS[name]):
            problems.add(f"report.no_{NEEDS[name]}")
    if profiles not in (ALL, NONE):
        keys = list(results.in_year().index)
        for each in profiles.split(","):
            with problems.caught():
                key_of(Teller(results, LANGUAGES[0]), each.strip(), keys)
    if template is not None and "docx" not in formats:
        problems.add("report.template_unused", file=Path(template).name)
    elif template is not None and _installed(NEEDS["docx"]):
        from geo_resilience.report.writers._word_base import read_template

        with problems.caught():
            own = read_template(Path(template))
    problems.raise_if_any()
    return own


def _installed(module: str) -> bool:
    """Whether a library is there and can be loaded."""
    try:
        import_module(module)
    except (ImportError, OSError):  # OSError: WeasyPrint is there, Pango is not
        return False
    return True


def _in_language(name: str, language: str) -> str:
    stem, _, ending = name.rpartition(".")
    return f"{stem}_{language}.{ending}"


def page_of(results: Results, anchor: str, language: str) -> str:
    """Write one chapter of a full report as a page of its own.

    Parameters
    ----------
    results : Results
    anchor : str
        Of the chapter.
    language : {"en", "zh"}

    Returns
    -------
    str
        HTML.
    """
    edition = LanguageReport(results, language, "full", only=anchor)
    (chapter,) = edition.document.chapters
    return edition.alone(chapter)


def hand_over(results: Results, folder: Path) -> None:
    """Write what stands beside the tables of a run: start page, a leader's report, workbook."""
    edition = LanguageReport(results, results.language, "leader")
    files = FORMATS["html"](edition) | FORMATS["xlsx"](edition)
    if results.found.profiled:
        files |= replace(edition, profiles=ALL).profile_pages()
        (folder / PROFILES).mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    there = [file.name for file in folder.iterdir()]
    page = start_page(edition.document, edition.pictures, there)
    (folder / "index.html").write_text(page, encoding="utf-8", newline="\n")
