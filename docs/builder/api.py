"""A page for every public name, and beneath it the pages and pictures that use it."""

from __future__ import annotations

import inspect
import re
from collections import defaultdict
from importlib import import_module
from pathlib import Path

import geo_resilience as gr

#: Rooms that users come into.
ROOMS = sorted([*gr.__all__, "maps.figures"])
TITLES = {
    "en": ("Python", "Every public name, by room: `import geo_resilience as gr`.", "Used in"),
    "zh": (
        "Python 接口",
        "全部公开名称，按模块排列：`import geo_resilience as gr`。",
        "使用此名称的页面",
    ),
}
_USED = re.compile(r"\bgr\.((?:maps\.figures|[a-z]+)\.\w+)")


def public() -> dict[str, list[str]]:
    """Give the public names of each room."""
    rooms = {room: import_module(f"geo_resilience.{room}") for room in ROOMS}
    return {room: sorted(module.__all__) for room, module in rooms.items()}


def write(source: Path, language: str) -> None:
    """Write the pages."""
    folder = source / "api"
    folder.mkdir(exist_ok=True)
    used, names = uses(source), public()
    title, first, _ = TITLES[language]
    listed = "\n".join(names)
    head = f"# {title}\n\n{first}\n\n```{{toctree}}\n:maxdepth: 2\n\n{listed}\n```\n"
    (folder / "index.md").write_text(head, encoding="utf-8")
    for room, inside in names.items():
        (folder / f"{room}.rst").write_text(_room(room, inside), encoding="utf-8")
        for name in inside:
            page = _name(room, name, used.get(f"{room}.{name}", []), language)
            (folder / f"{room}.{name}.rst").write_text(page, encoding="utf-8")


def uses(source: Path) -> dict[str, list[str]]:
    """Give the pages that name each public name as ``gr.room.name``."""
    found = defaultdict(list)
    for page in sorted(source.rglob("*.md")):
        for name in set(_USED.findall(page.read_text(encoding="utf-8"))):
            found[name].append("/" + str(page.relative_to(source).with_suffix("")))
    return found


def _room(room: str, names: list[str]) -> str:
    """Write the page of a room: its names with the first line of what each is said to be."""
    title = f"geo_resilience.{room}"
    module = import_module(title)
    told = {name: _first_line(getattr(module, name)) for name in names}
    rows = "\n".join(f"   * - :py:obj:`{name}`\n     - {said}" for name, said in told.items())
    lines = "\n".join(f"   {room}.{name}" for name in names)
    return (
        f"{title}\n{'=' * len(title)}\n\n.. currentmodule:: {title}\n\n"
        f".. list-table::\n\n{rows}\n\n"
        f".. toctree::\n   :hidden:\n\n{lines}\n"
    )


def _first_line(thing: object) -> str:
    """Give the first line of a docstring, without marks of references that stand further down."""
    return re.sub(r" \[\d+\]_", "", (inspect.getdoc(thing) or "").split("\n")[0])


def _name(room: str, name: str, pages: list[str], language: str) -> str:
    """Write the page of a name."""
    module, title = f"geo_resilience.{room}", f"{room}.{name}"
    parts = [title, "=" * len(title), "", f".. currentmodule:: {module}", ""]
    parts += [_documented(module, name), "", f".. minigallery:: {module}.{name}", ""]
    if pages:
        parts += [f".. rubric:: {TITLES[language][2]}", ""]
        parts += [f"- :doc:`{page}`" for page in pages]
    return "\n".join(parts) + "\n"


def _documented(module: str, name: str) -> str:
    found = getattr(import_module(module), name)
    if inspect.isclass(found):
        return f".. autoclass:: {name}\n   :members:"
    if callable(found):
        return f".. autofunction:: {name}"
    return f".. autodata:: {name}"
