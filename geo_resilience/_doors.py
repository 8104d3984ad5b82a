"""What a room shows: names that its stub lists, each loaded from its file when first used.

The stub, `__init__.pyi`, is the one list: editors and type checkers read it, and so does the room.
"""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Callable
from importlib import import_module
from importlib.util import resolve_name

_LISTED = re.compile(r"^from (\S+) import (\w+) as \2$", re.MULTILINE)


def listed(room: str) -> dict[str, str]:
    """Give the names in a room's stub and the modules that hold them, in the stub's order."""
    stub = (pkgutil.get_data(room, "__init__.pyi") or b"").decode("utf-8")
    return {name: resolve_name(module, room) for module, name in _LISTED.findall(stub)}


def door(room: str) -> tuple[Callable[[str], object], Callable[[], list[str]], list[str]]:
    """Make the `__getattr__`, `__dir__` and `__all__` of a room.

    >>> load, _, names = door("geo_resilience.spatial")
    >>> load("moran").__module__, "moran" in names
    ('geo_resilience.spatial.autocorrelation._global', True)
    """
    modules = listed(room)

    def load(name: str) -> object:
        if name not in modules:
            raise AttributeError(f"module {room!r} has no attribute {name!r}")
        if modules[name] == room:
            return import_module(f"{room}.{name}")
        return getattr(import_module(modules[name]), name)

    return load, lambda: sorted({*vars(import_module(room)), *modules}), sorted(modules)
