"""A report as one HTML file, for the screen and for paper: nothing is loaded, nothing runs."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from functools import cache
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined, Template, select_autoescape
from markupsafe import Markup, escape

from geo_resilience.report._blocks import Aside, Chapter, Document, Finding, Picture, Profile
from geo_resilience.report._trace import texts_of
from geo_resilience.report.writers._clean import printable, unparted
from geo_resilience.report.writers._drawings import Locator, history_drawn
from geo_resilience.report.writers._look import Look, is_color
from geo_resilience.report.writers._numbering import SLOTS, Placed, numbered, seen
from geo_resilience.report.writers._pictures import BESIDE, Drawn, Pictures
from geo_resilience.results._ink import ink_on
from geo_resilience.words import cells_of, has, say

#: Boxes of at most so many texts stand beside each other.
BESIDE_LINES = 6


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("geo_resilience.report.writers"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["cells"] = cells
    environment.filters["kind"] = lambda block: type(block).__name__
    environment.filters["data"] = data_address
    environment.filters["kept"] = kept
    environment.filters["parted"] = parted
    environment.filters["runs"] = runs
    environment.filters["profiled"] = profiled
    environment.tests["small"] = small
    environment.filters["ground"] = ground_address
    environment.filters["share"] = lambda value: round(100 * min(max(value, 0), 1), 1)
    environment.tests["profiled"] = profiled
    environment.filters["css_text"] = css_text
    environment.filters["color"] = lambda text: text if is_color(str(text)) else ""
    environment.filters["ink_on"] = ink_on
    environment.filters["pixels"] = lambda drawn, side: round(getattr(drawn, side) / 25.4 * 96)
    return environment


def template_named(name: str) -> Template:
    """Give a template of the writers."""
    return _environment().get_template(name)


def html(document: Document, pictures: Pictures, kind: str = "svg") -> str:
    """Write a report as a page; its figures are ``svg`` or, quicker to set as a PDF, ``png``."""
    chapters = numbered(document, pictures, kind)
    see = seen(document, chapters, brief=True)
    has_profile = any(profiled(placed) for _, placed in chapters)
    locator = pictures.locator if has_profile else None
    return _filled("report.html", document, "", numbered=chapters, see=see, locator=locator)


def start_page(document: Document, pictures: Pictures, files: Sequence[str]) -> str:
    """Write the first page of a folder of results: findings, the map, where to look for what.

    files are those of the folder, as paths from it.
    """
    blocks = document.chapters[0].blocks
    picture = next((each for each in blocks if isinstance(each, Picture)), None)
    language = document.language
    doors = [(file, say(f"report.start.{name}", language)) for file, name in DOORS.items()]
    return _filled(
        "index.html",
        document,
        "report.html",
        see=seen(document, []),
        findings=[each for each in blocks if isinstance(each, Finding)],
        drawn=picture and pictures.drawn(picture, "svg", BESIDE),
        doors=[(file, label) for file, label in doors if file in files],
        questions=[
            (chapter, _tables_of(chapter))
            for chapter in document.chapters[1:]
            if chapter.blocks and has(f"report.{chapter.anchor}.question")
        ],
    )


#: What a start page leads to beside the tables: file, and what it is called.
DOORS = {
    "atlas.html": "atlas",
    "report.html": "report",
    "results.xlsx": "workbook",
    "summary.txt": "summary",
    "codebook.csv": "codebook",
    "regions.gpkg": "layer",
}


def _tables_of(chapter: Chapter) -> list[str]:
    """Name the files that the texts of a chapter cite, each once."""
    cited = (
        cell for block in chapter.blocks for _, text in texts_of(block) for cell in cells_of(text)
    )
    return list(dict.fromkeys(cell.file for cell in cited))


def _filled(template: str, document: Document, base: str, **values: object) -> str:
    """Fill a template; links to chapters begin with base."""
    language = document.language
    before, _, after = say("report.page", language, number=SLOTS[0]).partition(SLOTS[0])
    look = Look(language)
    values.setdefault("locator", None)
    filled = template_named(template).render(
        document=document,
        base=base,
        look=look,
        history=lambda profile: history_drawn(profile.history, look, _told(profile, language)),
        titles={chapter.anchor: chapter.title for chapter in document.chapters},
        on_page=Markup(' data-before="{}" data-after="{}"').format(before, after),
        word=lambda key, **fields: say(f"report.{key}", language, **fields),
        say=lambda key, **fields: say(key, language, **fields),
        **values,
    )
    return printable(filled)


def parted(placed: Sequence[Placed]) -> tuple[list[Placed], list[Placed], list[Placed]]:
    """Part findings from the figures beside them and from what stands below."""
    found = [each for each in placed if isinstance(each.block, Finding)]
    figures = [each for each in placed if each.drawn is not None]
    return found, figures, [each for each in placed if each not in (*found, *figures)]


def runs(placed: Sequence[Placed]) -> list[list[Placed]]:
    """Put boxes, and small figures, that follow each other together; other blocks stand alone."""
    found: list[list[Placed]] = []
    for each in placed:
        before = found[-1][0].block if found else None
        block = each.block
        boxed = isinstance(block, Aside) and len(block.texts) <= BESIDE_LINES
        if (boxed and isinstance(before, Aside)) or (small(block) and small(before)):
            found[-1].append(each)
        else:
            found.append([each])
    return found


def small(block: object) -> bool:
    """Whether a block is a figure of half the width of a page."""
    return isinstance(block, Picture) and block.beside


def profiled(placed: Sequence[Placed]) -> bool:
    """Whether a chapter is the profile of a region."""
    return any(isinstance(each.block, Profile) for each in placed)


def _told(profile: Profile, language: str) -> str:
    """Say in words what the drawing of a history shows."""
    history = profile.history
    ends = {
        "from_year": history.years[0],
        "to_year": history.years[-1],
        "first": f"{history.values[0]:.3f}",
        "last": f"{history.values[-1]:.3f}",
        "mean": f"{history.means[-1]:.3f}",
    }
    return say("report.profile.history_alt", language, name=profile.name, **ends)


def ground_address(locator: Locator) -> str:
    """Give the small map of all regions as an address that holds it."""
    drawn = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {locator.width} {locator.height}">'
        f'<path d="{locator.ground}" fill="#dfe3e6" stroke="#fff" stroke-width="1.5"/></svg>'
    )
    return _svg_address(drawn)


def cells(text: object) -> Markup:
    """Give the attribute that names the cells of a text; nothing where it cites none."""
    told = " ".join(map(str, cells_of(text)))
    return Markup(' data-cell="{}"').format(told) if told else Markup("")


def data_address(drawn: Drawn) -> str:
    """Give a drawing as an address that holds it."""
    if drawn.data.startswith(b"\x89PNG"):
        return "data:image/png;base64," + base64.b64encode(drawn.data).decode("ascii")
    return _svg_address(drawn.data.decode("utf-8"))


def _svg_address(svg: str) -> str:
    """Give a drawing in SVG as an address, which stays a third shorter than in base64."""
    return "data:image/svg+xml," + quote(svg, safe=" !$()*+,-./:;=?@_~'[]{}|^")


#: A number with what it counts, the end of a Chinese text, a compound: no line parts them.
_KEPT = re.compile(
    r"[图表第]?[0-9][0-9.,—～]*[年月个位项行页%]|[图表][0-9]+|[一-鿿]{3}[。，；：！？）”》]*$|[A-Za-z]+(?:-[A-Za-z]+)+"
)


def kept(text: str) -> Markup:
    """Keep on one line what no line should part.

    Examples
    --------
    >>> print(kept("产业链韧性，2018—2023年"))
    产业链韧性，<span class="kept">2018—2023年</span>
    >>> print(kept("high-tech <b>"))
    <span class="kept">high-tech</span> &lt;b&gt;
    """
    parts, place, text = [], 0, unparted(text)
    for found in _KEPT.finditer(text):
        parts.append(escape(text[place : found.start()]))
        parts.append(Markup('<span class="kept">{}</span>').format(found[0]))
        place = found.end()
    return Markup("").join([*parts, escape(text[place:])])


def css_text(text: str) -> Markup:
    r"""Write a text as CSS that can be nothing but a text.

    Examples
    --------
    >>> print(css_text('a"</style>'))
    "a\22 \3c \2f style\3e "
    """
    told = "".join(sign if sign.isalnum() else f"\\{ord(sign):x} " for sign in text)
    return Markup('"{}"').format(Markup(told))
