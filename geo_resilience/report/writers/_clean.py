"""Texts as office documents can hold them."""

from __future__ import annotations

import re

from geo_resilience.tables._cells import seen

#: What XML 1.0 cannot hold.
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


def printable(text: object) -> str:
    r"""Give a text without characters that a document cannot hold or would not show.

    >>> printable("Bei\x00jing\u202e")
    'Beijing'
    """
    return seen(_UNFIT.sub("", str(text)))


def one_line(text: object) -> str:
    r"""Give such a text on one line.

    >>> one_line("Bei\njing")
    'Bei jing'
    """
    return re.sub(r"\s*[\t\n\r\u2028\u2029]\s*", " ", printable(text))


def unparted(text: object) -> str:
    r"""Give a text whose numbers stay on one line with their signs.

    >>> unparted("95 % (p = 0.012)")
    '95\xa0% (p\xa0=\xa00.012)'
    >>> unparted("校正后p = 0.087")
    '校正后p\xa0=\xa00.087'
    """
    return re.sub(
        r"(?<=[0-9]) (?=%)|(?<=(?<![A-Za-z])p) (?=[=<])|(?<=(?<![A-Za-z])p [=<]) ",
        "\u00a0",
        str(text),
    )
