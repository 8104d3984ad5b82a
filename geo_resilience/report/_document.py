"""A report put together: its chapters in order, for one audience, in one language."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from geo_resilience.report._blocks import Audience, Block, Chapter, DataTable, Document, Picture
from geo_resilience.report._teller import BLANK, Teller
from geo_resilience.report.chapters import (
    _audit,
    _chain,
    _change,
    _editions,
    _findings,
    _grounds,
    _methods,
    _outlook,
    _profiles,
    _space,
    _standing,
    _story,
    _strengths,
)

if TYPE_CHECKING:
    from geo_resilience.results import Results


@dataclass(frozen=True)
class Part:
    """A chapter that a report may have.

    - ``blocks``: what fills it.
    - ``leader``: whether a leader reads it.
    - ``missed``: whether a report without it says so.
    """

    anchor: str
    blocks: Callable[[Teller], list[Block]]
    leader: bool = True
    missed: bool = True


#: Anchor of the chapter that is a page of its own, too.
AUDIT = "audit"

#: The chapters of a report in their order.
PARTS: tuple[Part, ...] = (
    Part("summary", _findings.summary),
    Part("reading", _grounds.reading),
    Part("standing", _standing.standing),
    Part("change", _change.change, leader=False),
    Part("since", _editions.since, missed=False),
    Part("strengths", _strengths.strengths),
    Part("space", _space.space),
    Part("chain", _chain.chain, leader=False),
    Part("specialization", _chain.specialization, leader=False),
    Part("associations", _outlook.associations, leader=False),
    Part("warnings", _outlook.warnings),
    Part("what_if", _outlook.what_if, leader=False),
    Part("options", _outlook.options, leader=False),
    Part("methods", _methods.methods, leader=False),
    Part("cards", _grounds.cards, leader=False),
    Part(AUDIT, _audit.audit, leader=False),
    Part("robustness", _grounds.robustness, leader=False),
    Part("glossary", _methods.glossary, leader=False),
    Part("provenance", _grounds.provenance, leader=False),
)

#: Anchors of those of which a report says that they are left out.
MISSED = frozenset(part.anchor for part in PARTS if part.missed)


def document(
    results: Results,
    language: str,
    audience: Audience = "full",
    profiles: str = "none",
    *,
    only: str | None = None,
    drawn: Callable[[Picture], bool] = lambda picture: True,
) -> Document:
    """Make the report of results: the same blocks whatever they are written as.

    only is the anchor of a chapter that is to stand alone. drawn says which figures can be drawn;
    others are left out, and chapters of which nothing is left.
    """
    tell = Teller(results, language, audience)
    parts = [part for part in PARTS if only in (None, part.anchor)]
    chapters = [_chapter(part, tell) for part in parts if part.leader or audience == "full"]
    chapters += _profiles.profiles(tell, profiles)
    held = [_without_blanks(chapter, audience, drawn) for chapter in chapters]
    title = {**results.found.titles, results.language: results.title}
    return Document(
        title=str(title.get(language) or results.title),
        subtitle=tell.say("report.subtitle"),
        language=language,
        audience=audience,
        imprint=_imprint(tell),
        chapters=[chapter for chapter in held if chapter.blocks],
        absent=_absent(tell, [each for each in held if not each.blocks and each.anchor in MISSED]),
        story=_story.further(tell),
    )


def _chapter(part: Part, tell: Teller) -> Chapter:
    return Chapter(part.anchor, tell.say(f"report.{part.anchor}.title"), part.blocks(tell))


def _absent(tell: Teller, chapters: Sequence[Chapter]) -> str:
    """Say which chapters are left out, and why."""
    first, last = tell.span
    alone = [each.title for each in chapters if each.anchor == "change" and first == last]
    bare = [each.title for each in chapters if each.title not in alone]
    told = {"report.absent": bare, "report.absent_one_period": alone}
    return tell.joined(
        [tell.say(key, titles=_quoted(tell, titles)) for key, titles in told.items() if titles],
        "sentences",
    )


def _quoted(tell: Teller, titles: Sequence[str]) -> list[str]:
    return [tell.say("report.quoted", title=title) for title in titles]


def _without_blanks(
    chapter: Chapter, audience: Audience, drawn: Callable[[Picture], bool]
) -> Chapter:
    """Leave out what a leader does without, figures and tables of nothing, columns of nothing."""
    blocks = [
        _filled(block) if isinstance(block, DataTable) else block
        for block in chapter.blocks
        if not _left_out(block, audience) and _says(block, drawn)
    ]
    return replace(chapter, blocks=blocks)


def _says(block: Block, drawn: Callable[[Picture], bool]) -> bool:
    """Whether a figure can be drawn, a table has rows."""
    match block:
        case Picture():
            return drawn(block)
        case DataTable(rows=rows):
            return bool(rows)
    return True


def _left_out(block: Block, audience: Audience) -> bool:
    """Whether a leader's report does without it."""
    return audience == "leader" and isinstance(block, Picture | DataTable) and block.detail


def _filled(table: DataTable) -> DataTable:
    """Leave out the columns in which no row says anything."""
    kept = [
        place
        for place in range(len(table.columns))
        if any(row[place] not in ("", BLANK) for row in table.rows)
    ]
    if len(kept) == len(table.columns) or not kept:
        return table
    return replace(
        table,
        columns=[table.columns[place] for place in kept],
        rows=[[row[place] for place in kept] for row in table.rows],
        fills=[
            {kept.index(place): color for place, color in fills.items() if place in kept}
            for fills in table.fills
        ],
    )


def _imprint(tell: Teller) -> list[tuple[str, str]]:
    """Give what the cover says: scope, who publishes it and when, what made it."""
    results = tell.results
    said = {name: text[tell.language] for name, text in results.found.cover.items()}
    first, last = tell.span
    years = (
        tell.year(first)
        if first == last
        else tell.say("report.imprint.years", first=first, last=last)
    )
    scope = tell.say("report.imprint.scope", regions=f"{len(results.in_year()):,}", years=years)
    version = results.provenance.get("versions", {}).get("geo-resilience", "")
    facts = {
        "scope_of": scope,
        **said,
        "source": str(results.found.source(tell.language) or ""),
        "base": tell.joined(
            results.regions.base.told(tell.language, handed_over=True), "sentences"
        ),
        "made_with": f"geo-resilience {version}".strip(),
    }
    return [(tell.say(f"report.imprint.{name}"), text) for name, text in facts.items() if text]
