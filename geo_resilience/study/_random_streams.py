"""Random numbers of a study: one stream a subject, all from its one seed."""

from __future__ import annotations

import zlib

import numpy as np

__all__ = ["stream"]


def stream(seed: int, subject: str) -> np.random.Generator:
    """Give the random numbers of one subject of a study.

    They follow from the study's seed and the subject's name alone, so that a further analysis
    changes no other.
    """
    return np.random.default_rng([seed, zlib.crc32(subject.encode())])
