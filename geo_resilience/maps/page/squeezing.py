"""Scripts made shorter without changing them: blanks that the language does not need go."""

from __future__ import annotations

import re

__all__ = ["squeezed"]

#: Texts and patterns, which are kept as they are, then everything else by one character.
_TOKENS = re.compile(
    r'"(?:[^"\\\n]|\\.)*"'
    r"|'(?:[^'\\\n]|\\.)*'"
    r"|`(?:[^`\\]|\\.)*`"
    r"|(?<=[(=,:])\s*/(?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*"
    r"|[ \t]+"
    r"|[^ \t]",
    re.DOTALL,
)
_JOINERS = frozenset("{}()[];,:?<>=!&|+-*/%.\n")


def squeezed(script: str) -> str:
    r"""Leave out blanks beside marks that need none; lines that end a statement are joined.

    Templates are kept whole, so a template must not hold another one.

    Examples
    --------
    >>> squeezed("const a = (b + 1) * 2; say('a  b', `x  ${a + 1}`);")
    "const a=(b+1)*2;say('a  b',`x  ${a + 1}`);"
    >>> squeezed("a - -b; text.replace(/ +/g, ' ')")
    "a- -b;text.replace(/ +/g,' ')"
    """
    tokens = _TOKENS.findall(script)
    kept: list[str] = []
    for place, token in enumerate(tokens):
        if token.strip(" \t"):
            kept.append(token.lstrip(" \t"))
            continue
        before = kept[-1][-1] if kept else "\n"
        after = tokens[place + 1][0] if place + 1 < len(tokens) else "\n"
        signs = before in "+-" and after in "+-"
        if signs or not (before in _JOINERS or after in _JOINERS):
            kept.append(" ")
    return re.sub(r"([;,{(\[])\n", r"\1", "".join(kept))
