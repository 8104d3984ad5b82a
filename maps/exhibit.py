"""The figures of the gallery and the page that shows them; called by ``build.py``."""

from __future__ import annotations

import html
from pathlib import Path

from geo_resilience.errors import InputError
from geo_resilience.maps import figures
from geo_resilience.results import Results

__all__ = ["show_figures"]

#: Dots an inch of the pictures: 680 pixels wide.
FINENESS = 96

#: Figures that are in the gallery in Chinese too.
BOTH = ("graded_map", "pattern_test", "rank_intervals")

_STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;color:#23282d;max-width:1240px;margin:2rem auto;"
    "padding:0 1rem}h1{font-size:1.5rem}a{color:#1d4f7c}"
    "main{display:grid;grid-template-columns:repeat(auto-fill,minmax(350px,1fr));gap:1.5rem}"
    "figure{margin:0}img{width:100%;height:auto;border:1px solid #dfe3e6}"
    "figcaption{font-size:.9rem}figcaption span{color:#5d666f;display:block}"
)


def show_figures(results: Results, folder: Path) -> list[str]:
    """Draw every figure that the results have tables for, and the page ``index.html``.

    Parameters
    ----------
    results : Results
    folder : Path
        Of the gallery; the pictures go into ``figures/`` in it.

    Returns
    -------
    list of str
        Names of the figures drawn.
    """
    place = folder / "figures"
    place.mkdir(exist_ok=True)
    entries = [
        _entry("atlas.html", "atlas.png", "Atlas", f"Interactive: {results.title}", "The atlas"),
        _entry("atlas.html#lang=zh", "atlas_zh.png", "交互地图", "", "The atlas in Chinese"),
    ]
    drawn = []
    for name in figures.names():
        try:
            sheets = {
                language: getattr(figures, name)(results, language=language)
                for language in ("en", "zh")
            }
        except InputError:
            continue  # the bundled study has no table of risks or targets
        drawn.append(name)
        for language, sheet in sheets.items():
            if language == "zh" and name not in BOTH:
                continue
            file = f"{name}.png" if language == "en" else f"{name}_zh.png"
            sheet.savefig(place / file, dpi=FINENESS)
            caption = sheets["zh"].heading if language == "en" else sheets["en"].heading
            source = f"figures/{file}"
            entries.append(_entry(source, source, sheet.heading, caption, sheet.alternative_text))
    (folder / "index.html").write_text(_page(results.title, entries), "utf-8", newline="\n")
    return drawn


def _entry(link: str, picture: str, heading: str, caption: str, text: str) -> str:
    return (
        f'<figure><a href="{link}"><img src="{picture}" alt="{html.escape(text)}" '
        f'loading="lazy"></a><figcaption>{html.escape(heading)}'
        f"<span>{html.escape(caption)}</span></figcaption></figure>"
    )


def _page(title: str, entries: list[str]) -> str:
    body = "\n".join(entries)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Gallery: {html.escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"<h1>{html.escape(title)}</h1>\n"
        "<p>Made by <code>make maps</code> from the bundled study; never edited by hand. Each "
        "figure is drawn by <code>geo-resilience figure NAME RESULTS</code>.</p>\n"
        f"<main>\n{body}\n</main>\n</body>\n</html>\n"
    )
