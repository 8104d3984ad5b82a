"""Letters on a colored ground: the one rule of tables, figures and reports."""

from __future__ import annotations

#: What screens show of red, green and blue weighs so much in how bright a color is.
_BRIGHT = (0.2126, 0.7152, 0.0722)


def linear(color: str) -> list[float]:
    """Give red, green and blue of a hexadecimal color as shares of light (sRGB decoded)."""
    shares = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return [
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares
    ]


def ink_on(color: str, dark: str = "#000000") -> str:
    """Give white or a dark ink, whichever stands out more from a ground (contrast of WCAG 2).

    With black it is at least 4.5 to 1 on any color. The atlas' script decides likewise
    (``wantsWhite`` in `ground.js`).

    Examples
    --------
    >>> ink_on("#ffff99"), ink_on("#0b5a78")
    ('#000000', '#ffffff')
    """
    ground, ink = _lightness(color), _lightness(dark)
    return dark if ground**2 > 1.05 * ink else "#ffffff"


def _lightness(color: str) -> float:
    """Give the relative luminance, and the 0.05 of stray light that contrast reckons with."""
    return 0.05 + sum(share * part for share, part in zip(_BRIGHT, linear(color), strict=True))
