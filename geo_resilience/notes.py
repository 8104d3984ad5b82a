"""Judgement calls that a reader of the results must know of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from geo_resilience import words

__all__ = ["Note"]


@dataclass(frozen=True)
class Note:
    """A judgement call (a filled cell, a linked island), worded only when it is shown.

    Parameters
    ----------
    code : str
        Key of the sentence without the ``note.`` in front.
    where : str
        File, region or indicator that it concerns; empty when it concerns the whole study.
    values : mapping
        Fields of the sentence.
    """

    code: str
    where: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)

    def say(self, language: str = "en") -> str:
        """Word the note in a language."""
        return words.say(f"note.{self.code}", language, where=self.where, **self.values)

    def __str__(self) -> str:
        return self.say()
