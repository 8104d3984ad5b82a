"""How the catalog is written down: a table a heading, below it its columns by type.

::

    mobility: from to                          stem and the columns that name a row
        integer from to, number? correlation,  type, then the names of its columns
        number[places] mean_shift, text~ most_risen

After a type stand, in this order: ``?`` where a cell may be missing or ``~`` where it may be empty
text; ``*`` where the table may do without the column; ``<column`` of which it says the name in
words; the unit ``[km]``; ``=key`` of the words that hold a label for each choice; ``@key`` of those
that say what the column holds. ``{grade}`` in a name makes it a pattern, one column a grade
(``dimension``, ``indicator``, ``year``; ``own``: as the study's own tables have it). In the heading
``(always)`` marks what every run writes, ``(plain)`` what is there as CSV however large, as is what
every run writes; ``(.gpkg)`` is an ending.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from geo_resilience.tables._columns import Column
from geo_resilience.tables._schema import Table

_HEADING = re.compile(r"(\w+):([\w ]*?)(?: \((always|plain|\.\w+)\))?")
_GROUP = re.compile(
    r"(?P<kind>[a-z]+)(?P<blank>[?~]?)(?P<optional>\*?)(?:<(?P<names>\w+))?(?:\[(?P<unit>[^]]+)\])?"
    r"(?:=(?P<labels>\S+?))?(?:@(?P<meaning>\S+))?\s+(?P<columns>.+)"
)
_BLANKS = {"": "never", "?": "missing", "~": "empty"}


def tables(topic: str, written: str) -> tuple[Table, ...]:
    """Read the records of a topic's tables, in order; what is not understood is a ValueError."""
    made = []
    for block in re.split(r"\n(?=\w)", written.strip()):
        heading, _, body = block.partition("\n")
        found = _HEADING.fullmatch(heading)
        if found is None:
            raise ValueError(f"no heading of a table: {heading}")
        stem, keys, mark = found.groups(default="")
        ending = mark[1:] if mark.startswith(".") else "csv"
        table = Table(stem, topic, tuple(_columns(body)), tuple(keys.split()), ending)
        always, plain = mark == "always", mark in ("always", "plain")
        made.append(replace(table, always=always, plain=plain))
    return tuple(made)


def _columns(body: str) -> Iterator[Column]:
    for group in re.split(r",\s+(?![^[]*\])", " ".join(body.split())):
        found = _GROUP.fullmatch(group)
        if found is None:
            raise ValueError(f"no columns of a type: {group}")
        kind, labels = found["kind"], found["labels"] or ""
        if kind == "grade":
            kind, labels = "category", "grade"
        for name in found["columns"].split():
            pattern = re.search(r"{(\w+)}", name)
            yield Column(
                re.sub(r"{\w+}", "{}", name),
                kind,
                _BLANKS[found["blank"]],
                unit=found["unit"] or "",
                labels=labels,
                per=pattern[1] if pattern else "",
                meaning=found["meaning"] or "",
                optional=bool(found["optional"]),
                names=found["names"] or "",
            )
