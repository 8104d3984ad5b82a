"""Text as people write it, and what would do harm where names are written."""

from __future__ import annotations

import math
import numbers
import re
import unicodedata
from collections.abc import Sequence
from typing import Any

import pandas as pd

from geo_resilience.notes import Note
from geo_resilience.tables._cells import seen

#: Left out when spellings are compared: blanks (also invisible ones), hyphens, points, commas.
_SEPARATORS = re.compile(r"[\s\u200b-\u200f\u2060\ufeff\-‐-―_.,'’‘ʼ`·・、]+")


_LONG = (
    "维吾尔|蒙古|土家|朝鲜|哈尼|傈僳|景颇|布依|哈萨克|柯尔克孜|撒拉|东乡|裕固|保安|仡佬|仫佬|毛南|"
    "拉祜|纳西|独龙|普米|达斡尔|鄂温克|鄂伦春|锡伯|塔吉克"
)


_SHORT = "壮|回|藏|苗|彝|侗|瑶|白|傣|羌|满|黎|畲|土|水|佤|怒|各"


_PEOPLE = f"(?:(?:{_LONG})族?|(?:{_SHORT})族)*"


#: Administrative words and the kind of unit that they tell of, the longest first.
_SUFFIXES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        ("special", r"特别行政区$"),
        ("region", _PEOPLE + r"自治区$"),
        ("autonomous prefecture", _PEOPLE + r"自治州$"),
        ("county", _PEOPLE + r"自治县$"),
        ("banner", _PEOPLE + r"自治旗$"),
        ("prefecture", r"地区$"),
        ("forest", r"林区$"),
        ("district", r"新区$"),
        ("province", r"省$"),
        ("city", r"市$"),
        ("county", r"县$"),
        ("league", r"盟$"),
        ("banner", r"旗$"),
        ("district", r"区$"),
        ("autonomous prefecture", r" autonomous prefecture$| zizhizhou$"),
        ("region", r" autonomous region$| zizhiqu$"),
        ("county", r" autonomous county$| zizhixian$"),
        ("province", r" province$| sheng$"),
        ("city", r" municipality$| city$| shi$"),
        ("county", r" county$| xian$"),
        ("prefecture", r" prefecture$| diqu$"),
        ("district", r" district$| qu$"),
        ("region", r" region$"),
        ("state", r" state$"),
        ("department", r" department$"),
        ("governorate", r" governorate$"),
    )
)


def as_text(value: Any) -> str:
    """Write a cell as text: whole numbers without a point, what is missing as nothing."""
    if value is None or value is pd.NA or value is pd.NaT:
        return ""
    if isinstance(value, numbers.Real) and not isinstance(value, (bool, numbers.Integral)):
        number = float(value)
        if math.isnan(number):
            return ""
        return str(int(number)) if number.is_integer() else repr(number)
    return str(value).strip(" \t\r\n\x00\u3000\xa0\ufeff\u200b")


def spelled(text: str) -> str:
    """Give a spelling without case, full-width forms and separators."""
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", text).casefold())


def without_suffix(text: str) -> tuple[str, str]:
    """Split an administrative word off a name."""
    spaced = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    for kind, pattern in _SUFFIXES:
        if found := pattern.search(spaced):
            bare = spelled(spaced[: found.start()])
            return (bare, kind) if len(bare) >= 2 else (spelled(spaced), "")
    return spelled(spaced), ""


_SHOWN = 6


def cleaned_names(names: Sequence[str], file: str) -> tuple[list[str], list[Note]]:
    r"""Take out of names what is no letter of them."""
    cleaned = [_cleaned(name) for name in names]
    pairs = dict.fromkeys(zip(names, cleaned, strict=True))
    changed = [new for old, new in pairs if new != old]
    values = {"count": len(changed), "names": changed[:_SHOWN]}
    return cleaned, [Note("regions.names_cleaned", file, values)] * bool(changed)


def _cleaned(name: str) -> str:
    kept = "".join(_kept(sign) for sign in seen(name))
    return name if kept == name else " ".join(kept.split())


def _kept(sign: str) -> str:
    if unicodedata.category(sign) in ("Cc", "Zl", "Zp"):
        return " " if sign.isspace() else ""
    return sign
