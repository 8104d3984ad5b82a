"""The story of a study: sentences, each with the view of the atlas that shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from geo_resilience.text import Text


@dataclass(frozen=True)
class Stop:
    """A stop: what is told, the numbers that carry it, and where it is seen.

    - ``view``: what stands after the # in the atlas's address; empty where no map shows it.
    - ``certainty``: firm, likely or open; empty for what describes, or what a user says.
    """

    claim: Text
    view: str = ""
    numbers: Text = field(default_factory=Text)
    certainty: str = ""

    def plain(self) -> dict[str, Any]:
        """Give it as plain values."""
        return {**asdict(self), "claim": dict(self.claim), "numbers": dict(self.numbers)}

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Stop:
        """Read it back from plain values."""
        return cls(**{**plain, "claim": Text(plain["claim"]), "numbers": Text(plain["numbers"])})
