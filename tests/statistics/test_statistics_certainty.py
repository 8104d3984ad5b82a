"""One word for a finding: the weakest of what was asked decides."""

import math

import pytest

from geo_resilience import words
from geo_resilience.statistics._certainty import CERTAINTIES, certainty


@pytest.mark.parametrize(
    ("p", "shares", "word"),
    [
        (0.004, (), "firm"),
        (0.03, (), "likely"),
        (0.051, (), "open"),
        (0.004, (0.95, 0.7), "likely"),
        (0.004, (0.95, 0.5), "open"),
        (None, (0.9,), "firm"),
        (None, (0.8, None, math.nan), "likely"),
        (math.nan, (0.5,), "open"),
        (None, (), "open"),
    ],
)
def test_the_weakest_decides(p, shares, word):
    assert certainty(p, *shares) == word


def test_each_word_stands_in_both_languages():
    for word in CERTAINTIES:
        assert words.say(f"certainty.{word}", "en") != words.say(f"certainty.{word}", "zh")
