"""A report put together: its chapters in order, for one audience, in one language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from geo_resilience.report._blocks import Audience, Block, Chapter, DataTable, Document, Picture
from geo_resilience.report._teller import Teller
from geo_resilience.report.chapters import (
    _audit,
    _chain,
    _change,
    _findings,
    _grounds,
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
    """A chapter that a report may have: what fills it, and whether a leader reads it."""

    anchor: str
    blocks: Callable[[Teller], list[Block]]
    leader: bool = True


#: Anchor of the chapter that is a page of its own, too.
AUDIT = "audit"

#: The chapters of a report in their order.
PARTS: tuple[Part, ...] = (
    Part("summary", _findings.summary),
    Part("reading", _grounds.reading),
    Part("standing", _standing.standing),
    Part("change", _change.change, leader=False),
    Part("strengths", _strengths.strengths),
    Part("space", _space.space),
    Part("chain", _chain.chain, leader=False),
    Part("specialization", _chain.specialization, leader=False),
    Part("associations", _outlook.associations, leader=False),
    Part("warnings", _outlook.warnings),
    Part("what_if", _outlook.what_if, leader=False),
    Part("options", _outlook.options, leader=False),
    Part("methods", _grounds.methods, leader=False),
    Part("cards", _grounds.cards, leader=False),
    Part(AUDIT, _audit.audit, leader=False),
    Part("robustness", _grounds.robustness, leader=False),
    Part("provenance", _grounds.provenance, leader=False),
)


def document(
    results: Results,
    language: str,
    audience: Audience = "full",
    profiles: str = "none",
) -> Document:
    """Make the report of results: the same blocks whatever they are written as."""
    tell = Teller(results, language, audience)
    chapters = [_chapter(part, tell) for part in PARTS if part.leader or audience == "full"]
    chapters += _profiles.profiles(tell, profiles)
    title = {**results.found.titles, results.language: results.title}
    return Document(
        title=str(title.get(language) or results.title),
        subtitle=tell.say("report.subtitle"),
        language=language,
        audience=audience,
        imprint=_imprint(tell),
        chapters=chapters,
        story=_story.further(tell),
    )


def _chapter(part: Part, tell: Teller) -> Chapter:
    blocks = [each for each in part.blocks(tell) if not _left_out(each, tell.audience)]
    title = tell.say(f"report.{part.anchor}.title")
    return Chapter(
        part.anchor, title, blocks, "" if blocks else tell.say("report.absent", title=title)
    )


def _left_out(block: Block, audience: Audience) -> bool:
    """Whether a leader's report does without it."""
    return audience == "leader" and isinstance(block, Picture | DataTable) and block.detail


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
    scope = tell.say("report.imprint.scope", regions=len(results.in_year()), years=years)
    version = results.provenance.get("versions", {}).get("geo-resilience", "")
    facts = {"scope_of": scope, **said, "made_with": f"geo-resilience {version}".strip()}
    return [(tell.say(f"report.imprint.{name}"), text) for name, text in facts.items() if text]
