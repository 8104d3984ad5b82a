"""What commands ask for: the words of an option are found by its name, shared ones stand here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from geo_resilience.cli._console import console_language
from geo_resilience.words import LANGUAGES, say

_Asked = TypeVar("_Asked", bound=Callable[..., Any])

#: The language of the console.
HERE = console_language()

PATH = click.Path(path_type=Path)
SPOKEN = click.Choice(LANGUAGES)


class CommandWords:
    """A command, its words ``cli.<command>.help`` and ``short``, and those of its options."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, key: str, **values: object) -> str:
        return say(f"cli.{self.name}.{key}", HERE, **values)

    def command(self, **more: Any) -> Callable[[Callable[..., Any]], click.Command]:
        """Make a function the command."""
        return click.command(self.name, help=self("help"), short_help=self("short"), **more)

    def option(self, *names: str, **more: Any) -> Callable[[_Asked], _Asked]:
        """Give an option; ``--year-column`` is told by the words ``cli.<command>.year_column``."""
        spelled = max((name for name in names if name.startswith("-")), key=len)
        key = spelled.partition("/")[0].strip("-").replace("-", "_")
        return click.option(*names, help=self(key), **more)


def _debugging(ctx: click.Context, option: click.Parameter, value: bool) -> None:
    ctx.obj.debug |= value


#: The option that shows tracebacks.
debug = click.option(
    "--debug",
    is_flag=True,
    expose_value=False,
    callback=_debugging,
    help=say("cli.debug", HERE),
)

_MAP, _TALLY = CommandWords("map"), CommandWords("tally")

boundaries = _MAP.option("--boundaries", type=PATH, metavar="FILE")
sheet = _MAP.option("--sheet", metavar="NAME")
seed = CommandWords("space").option("--seed", type=int, default=0, show_default=True)
quiet = CommandWords("run").option("--quiet", is_flag=True)
workers = _TALLY.option("--workers", type=click.IntRange(1), default=1)
scheduler = _TALLY.option("--scheduler", metavar="ADDRESS")


def show(stems: Sequence[str]) -> Callable[[_Asked], _Asked]:
    """Give the option that shows tables on the screen."""
    kind, told = click.Choice([*stems, "all"]), say("cli.tables.show", HERE, stems=stems)
    return click.option("--show", multiple=True, type=kind, metavar="FILE", help=told)


def boundary_columns(command: _Asked) -> _Asked:
    """Give the options that say how boundaries are read."""
    for name, metavar in (("crs", "CRS"), ("name", "COL"), ("key", "COL")):
        command = _MAP.option(f"--boundaries-{name}", metavar=metavar)(command)
    return command
