"""A report's page as a PDF, where WeasyPrint is installed."""

from __future__ import annotations

from typing import Any

from geo_resilience.errors import InputError


def pdf(html_text: str) -> bytes:
    """Set the page of a report, as `html` writes it, for paper.

    Headings become the outline, the text is tagged for those who do not see it; no time and no
    chance stand in the file: the same page gives the same bytes.

    Raises
    ------
    InputError
        If WeasyPrint is not installed.
    """
    try:
        from weasyprint import HTML
        from weasyprint.urls import URLFetcher
    except (ImportError, OSError):  # OSError: the package is there, Pango is not
        raise InputError("report.no_weasyprint") from None
    held: Any = URLFetcher(allowed_protocols=("data",))  # what the page itself holds
    page: Any = HTML(string=html_text, url_fetcher=held)
    return bytes(page.write_pdf(pdf_tags=True))
