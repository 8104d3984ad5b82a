"""Maps inside other pages: a frame, a fragment that needs no other file, a picture."""

from __future__ import annotations

import base64
import hashlib
import html
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from geo_resilience.errors import InputError
from geo_resilience.maps.atlas._bundle import safe_json

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from geo_resilience.maps.atlas._document import Page

#: A map of ours, and what stands still: a figure, or the path of a picture.
Map: TypeAlias = "Page | str | os.PathLike[str]"
Picture: TypeAlias = "Figure | str | os.PathLike[str]"

WAYS = ("iframe", "fragment", "picture")

#: What a map may do in a frame: run its own script, save pictures and tables, print.
SANDBOX = "allow-scripts allow-downloads allow-modals"

PICTURES = {".png": "image/png", ".svg": "image/svg+xml"}

#: In a page of ours: its language, its title, its data. All else is code that maps share.
_OWN = re.compile(
    r'(?P<before><html lang=")(?P<lang>[^"]*)(?P<head>".*?<title>)(?P<title>.*?)'
    r'(?P<middle></title>.*?<script type="application/json" id="atlas_data">)(?P<data>[^<]*)'
    r"(?P<after></script>.*)",
    re.DOTALL,
)

#: Puts each map of the host page together from the shared code and its own data.
_LOADER = """(() => {
for (const holder of document.querySelectorAll("[data-geo-map]:not([data-drawn])")) {
const code = document.getElementById(holder.dataset.geoMap);
const own = holder.querySelector("script[type='application/json']");
if (!code || !own) continue;
const parts = JSON.parse(code.textContent), map = JSON.parse(own.textContent);
const frame = document.createElement("iframe");
frame.title = map.name; frame.width = map.width; frame.height = map.height;
frame.setAttribute("sandbox", "SANDBOX"); frame.setAttribute("frameborder", "0");
frame.srcdoc = parts[0] + map.lang + parts[1] + map.title + parts[2] + map.data + parts[3];
holder.replaceChildren(frame); holder.dataset.drawn = "";
} })();""".replace("SANDBOX", SANDBOX)


def embed(
    page_or_path: Map | Picture | Sequence[Map],
    *,
    how: str = "iframe",
    title: str | None = None,
    width: int | str = "100%",
    height: int | None = None,
    picture: Picture | None = None,
    code: bool = True,
) -> str:
    """Give the HTML that shows a map inside another page.

    Parameters
    ----------
    page_or_path : Page, figure, path, or sequence of Page
        A page as `atlas` or `choropleth` give it, the path of one, a figure of
        `geo_resilience.maps.figures`, or the path of a PNG or SVG. Several pages make a fragment
        that holds the code of the maps once.
    how : str
        ``iframe``: a frame that loads the page's file, as the `src` says; works under any policy
        of the host that allows frames of its own. ``fragment``: everything inline, no other file;
        the host must allow inline scripts, else the picture stays. ``picture``: a static picture
        with its alternative text.
    title : str, optional
        Of the frame or picture, for screen readers; the page's own by default.
    width, height : int or str, int
        Pixels, or a percentage for the width. Height is 640 by default for maps.
    picture : figure or path, optional
        For a fragment: what is shown where scripts do not run.
    code : bool
        Whether a fragment carries the shared code; False for every fragment after the first one
        on the same page.

    Returns
    -------
    str

    Raises
    ------
    InputError
        For an unknown way, a file that is not there or no map of ours, a page that was not written.

    Examples
    --------
    >>> print(embed(Path("maps/atlas.html"), title="Atlas", height=500))
    <iframe src="maps/atlas.html" title="Atlas" width="100%" height="500" loading="lazy" \
sandbox="allow-scripts allow-downloads allow-modals" frameborder="0"></iframe>
    """
    if how not in WAYS:
        raise InputError("maps.embed_unknown", found=how, known=WAYS)
    if how == "picture":
        return _picture(page_or_path, title, width, height)
    tall = 640 if height is None else height
    if how == "iframe":
        return _frame(page_or_path, title, width, tall)
    several = isinstance(page_or_path, Sequence) and not isinstance(page_or_path, str)
    pages: Any = page_or_path if several else [page_or_path]
    return _fragment(pages, title, width, tall, picture, code=code)


def _is_page(thing: Any) -> bool:
    """Whether something is a page, not the path of one; folium need not be loaded to tell."""
    return hasattr(thing, "html")


def _frame(page: Any, title: str | None, width: int | str, height: int) -> str:
    if _is_page(page):
        if page.path is None:
            raise InputError("maps.embed_not_written")
        source, name = page.path.as_posix(), title or page.title
    else:
        source, name = Path(os.fspath(page)).as_posix(), title or Path(page).stem
    size = f'width="{html.escape(str(width))}" height="{height}"'
    return (
        f'<iframe src="{html.escape(source)}" title="{html.escape(name)}" {size} loading="lazy" '
        f'sandbox="{SANDBOX}" frameborder="0"></iframe>'
    )


def _fragment(
    pages: Sequence[Map],
    title: str | None,
    width: int | str,
    height: int,
    picture: Picture | None,
    *,
    code: bool,
) -> str:
    shared: dict[str, str] = {}
    holders = []
    for page in pages:
        parts = _parted(page)
        skeleton = safe_json(
            [parts["before"], parts["head"], parts["middle"], parts["after"]],
        )
        name = f"geo-map-{hashlib.sha256(skeleton.encode('utf-8')).hexdigest()[:12]}"
        shared[name] = skeleton
        own = {key: parts[key] for key in ("lang", "title", "data")}
        own |= {
            "name": title or html.unescape(parts["title"]),
            "width": str(width),
            "height": str(height),
        }
        still = "" if picture is None else _picture(picture, title, width, None)
        holders.append(
            f'<div data-geo-map="{name}">{still}'
            f'<script type="application/json">{safe_json(own)}</script></div>'
        )
    blocks = [
        f'<script type="application/json" id="{name}">{skeleton}</script>'
        for name, skeleton in shared.items()
    ]
    return "\n".join([*(blocks if code else []), *holders, f"<script>{_LOADER}</script>"]) + "\n"


def _parted(page: Any) -> dict[str, str]:
    """Part a page into what is its own and what every map has in common."""
    if _is_page(page):
        text, name = page.html, page.title
    else:
        name = os.fspath(page)
        try:
            text = Path(page).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError("maps.embed_no_file", file=name) from error
    found = _OWN.search(text)
    if found is None:
        raise InputError("maps.embed_not_ours", file=name)
    parts = found.groupdict()
    return {**parts, "before": text[: found.start()] + parts["before"]}


def _picture(figure: Any, title: str | None, width: int | str, height: int | None) -> str:
    """Show a figure, its bytes inline; of a file, its name and the title as its text."""
    if hasattr(figure, "alternative_text"):
        import io

        buffer = io.BytesIO()
        figure.savefig(buffer, format="png")
        data = base64.b64encode(buffer.getvalue()).decode("ascii")
        source, text = f"data:image/png;base64,{data}", figure.alternative_text
        name = title or figure.heading
    else:
        path = Path(os.fspath(figure))
        if path.suffix.lower() not in PICTURES or not path.is_file():
            raise InputError("maps.embed_no_picture", file=path)
        source, text = path.as_posix(), _described(path)
        name = title or path.stem
    size = f'width="{html.escape(str(width))}"'
    size += "" if height is None else f' height="{height}"'
    return (
        f'<figure><img src="{html.escape(source)}" alt="{html.escape(text or name)}" {size}>'
        f"<figcaption>{html.escape(name)}</figcaption></figure>"
    )


def _described(path: Path) -> str:
    """Give the alternative text that a file of ours carries; nothing for others."""
    if path.suffix.lower() == ".svg":
        found = re.search(r"<desc>(.*?)</desc>", path.read_text(encoding="utf-8"), re.DOTALL)
        return html.unescape(found[1]) if found else ""
    from PIL import Image

    with Image.open(path) as image:
        return str(image.info.get("Description", ""))
