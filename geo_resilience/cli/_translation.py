"""What click itself says (Usage, Options, Missing option), in the language of the console."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

from geo_resilience.words import subject


@contextmanager
def click_speaks(language: str) -> Iterator[None]:
    """Let click word its help and its errors from our tables, where these have its sentence.

    click asks gettext for its sentences under the names ``_`` and ``ngettext`` of its modules;
    these are exchanged while a command of ours runs, since gettext itself takes nothing but
    compiled files.
    """
    said = {row["en"]: row[language] for row in subject("click").values()}

    def one(text: str) -> str:
        return said.get(text, text)

    def several(single: str, plural: str, number: int) -> str:
        return one(single if number == 1 else plural)

    before: list[tuple[ModuleType, str, object]] = []
    for module in [each for name, each in sys.modules.items() if name.startswith("click.")]:
        for name, ours in (("_", one), ("ngettext", several)):
            if hasattr(module, name):
                before.append((module, name, getattr(module, name)))
                setattr(module, name, ours)
    try:
        yield
    finally:
        for module, name, own in before:
            setattr(module, name, own)
