"""Scripts made shorter without changing what they do."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable

__all__ = ["squeezed", "texts_of"]

#: Texts and patterns, which are kept as they are; then words, blanks, and all else one by one.
_TOKENS = re.compile(
    r'"(?:[^"\\\n]|\\.)*"'
    r"|'(?:[^'\\\n]|\\.)*'"
    r"|`(?:[^`\\]|\\.)*`"
    r"|(?<=[(=,:])\s*/(?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*"
    r"|[A-Za-z_$][\w$]*"
    r"|[ \t]+"
    r"|[^ \t]",
    re.DOTALL,
)
_DIGITS = string.digits + string.ascii_letters + "_"
_FIELDS = re.compile(r"\$\{[^}]*\}")
_WORDS = re.compile(r"[A-Za-z_$][\w$]*")
_JOINERS = frozenset("{}()[];,:?<>=!&|+-*/%.\n")


def squeezed(script: str, words: Iterable[str] = ()) -> str:
    r"""Leave out blanks that the language does not need and shorten some words.

    A `const` becomes a `let`: what was never assigned still is not.

    Parameters
    ----------
    script : str
        Its templates hold no other template, and nothing outside it knows the words.
    words : iterable of str
        Names to shorten wherever they stand in the code; in texts they stay.

    Returns
    -------
    str
        Lines stay lines, but for those that end in a mark after which no line may begin anew.

    Examples
    --------
    >>> squeezed("const a = (b + 1) * 2; say('a  b', `x  ${a + 1}`);")
    "let a=(b+1)*2;say('a  b',`x  ${a + 1}`);"
    >>> squeezed("a - -b; text.replace(/ +/g, ' ')")
    "a- -b;text.replace(/ +/g,' ')"
    >>> squeezed("wording.say('wording', `${wording}`)", ["wording"])
    "$0.say('wording',`${$0}`)"
    """
    short = {word: f"${_briefly(place)}" for place, word in enumerate(words)}
    tokens = _TOKENS.findall(script)
    kept: list[str] = []
    for place, token in enumerate(tokens):
        if token.strip(" \t"):
            kept.append(_shortened(token.lstrip(" \t"), short))
            continue
        before = kept[-1][-1] if kept else "\n"
        after = tokens[place + 1][0] if place + 1 < len(tokens) else "\n"
        signs = before in "+-" and after in "+-"
        if signs or not (before in _JOINERS or after in _JOINERS):
            kept.append(" ")
    return re.sub(r"([;,{(\[])\n", r"\1", "".join(kept))


def _briefly(place: int) -> str:
    """Write a number in as few signs as a name may have."""
    rest, digit = divmod(place, len(_DIGITS))
    return (_briefly(rest) if rest else "") + _DIGITS[digit]


def _shortened(token: str, short: dict[str, str]) -> str:
    """Give a word's short form, in the fields of a template too."""
    if token.startswith("`"):
        return _FIELDS.sub(
            lambda field: _WORDS.sub(lambda word: short.get(word[0], word[0]), field[0]), token
        )
    return "let" if token == "const" else short.get(token, token)


def texts_of(script: str) -> list[str]:
    """Give the texts and patterns of a script, templates without their fields.

    Examples
    --------
    >>> texts_of("say('a', `b ${c} d`); x = y.replace(/e/g, f)")
    ["'a'", '`b   d`', '/e/g']
    """
    tokens = [token for token in _TOKENS.findall(script) if token[0] in "\"'`/" and token[1:]]
    return [_FIELDS.sub(" ", token) for token in tokens]
