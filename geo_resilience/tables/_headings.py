"""Headings as tables have them: over several rows, with units and years in them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from geo_resilience.tables._cells import folded
from geo_resilience.tables._sheetxml import Merge

#: Headings of a column of years or of units, and what stands for a name in a row of units.
OF_YEARS = ("year", "年份", "年度", "年")
OF_UNITS = ("unit", "units", "单位", "计量单位")

#: What stands between the parts of a heading of several rows.
JOINT = " / "

_HAN = "\u3400-\u9fff\uff00-\uffef（）《》、，。：；"
_SPACED = re.compile(rf"(?<=[{_HAN}])[\s\u3000]+(?=[{_HAN}])")
_BRACKET = re.compile(r"[（(\[【〔]\s*([^（）()\[\]【】〔〕]+?)\s*[）)\]】〕]")
_BASE = (
    "人民币元|美元|港元|港币|欧元|日元|英镑|元|人次|人年|人日|人公里|人|户|家|个|件|台|套|辆|标准煤|"
    "吨标准煤|吨公里|吨|公斤|千克|克|平方公里|平方千米|平方米|立方米|公里|千米|米|公顷|亩|升|千瓦时|"
    "千瓦小时|千瓦|度|小时|天|日|月|年|岁|次|篇|项|所|床|张|部|本|册|种|份|头|只|株|箱|条|架|艘|座|"
    "处|枚|位|倍|名|卷|人·年|百分点|百分比"
)
_ONE = rf"(?:[十百千万亿]*(?:{_BASE})|[%‰])"
_LATIN = (
    r"(?:[0-9][0-9 ,.]*\s*)?(?:(?:thousand|million|billion|trillion)s?\s+)?(?:of\s+)?"
    r"(?:current |constant )?(?:yuan|rmb|cny|usd|us\$|us dollars?|dollars?|euros?|eur|gbp|persons?|"
    r"people|inhabitants?|households?|units?|items?|pieces?|sets?|cases?|times|tons?|tonnes?|tce|"
    r"kg|g|t|sq\.?\s?km|km|m2|m3|m|ha|hectares?|kwh|gwh|mwh|twh|kw|mw|gw|hours?|days?|months?|"
    r"years?|percent|per cent|pct|%|‰|number|index|thousands?|millions?|billions?)"
)
_UNIT = re.compile(
    rf"(?:{_ONE}(?:\s*[/／·每]\s*{_ONE})*|[十百千万]?[亿万]|以?.{{1,12}}\s*=\s*100|"
    rf"{_LATIN}(?:\s*(?:/|per)\s*{_LATIN})*)",
    re.IGNORECASE,
)
_SAID = re.compile(
    r"[（(]?\s*(?:(?:计量|货币|数据)?单位|units?)\s*[:：]\s*(.+?)\s*[)）]?", re.IGNORECASE
)
#: A comma between thousands parts no units: "10,000 persons" is one.
_SEVERAL = re.compile(r"(?<![0-9])[,，]|[,，](?![0-9]{3}(?![0-9]))|[、;；]|\s和\s|\sand\s")
_YEAR = re.compile(r"(?<![0-9.,])((?:18|19|20)[0-9]{2})(?![0-9]|[.,][0-9])\s*(?:年度?)?")
_CHINESE_YEAR = re.compile(r"([一二][〇零○一二三四五六七八九]{3})年")
_DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")


def plain(text: str) -> str:
    """Give a heading or name on one line, without the blanks that only spread its signs.

    Examples
    --------
    >>> plain("地  区"), plain("北　京 "), plain("Gross   output")
    ('地区', '北京', 'Gross output')
    """
    return _SPACED.sub("", " ".join(text.split()))


def is_unit(text: str) -> bool:
    """Whether a text is a unit of measurement, in brackets or not.

    Examples
    --------
    >>> is_unit("亿元"), is_unit("(件/万人)"), is_unit("100 million yuan"), is_unit("软件业务收入")
    (True, True, True, False)
    """
    return _UNIT.fullmatch(_bare(text)) is not None


def _bare(text: str) -> str:
    bare = folded(text)
    inner = re.fullmatch(r"[(\[【〔](.+)[)\]】〕]", bare)
    return inner[1].strip() if inner else bare


def unit_in(text: str) -> str:
    """Give the unit that a cell of a row of units holds, without its brackets."""
    return plain(_bare(text))


def split_unit(text: str) -> tuple[str, str]:
    """Part a heading from the unit that stands in brackets within it; empty without one.

    Examples
    --------
    >>> split_unit("软件业务收入（亿元）"), split_unit("产值(按当年价格)")
    (('软件业务收入', '亿元'), ('产值(按当年价格)', ''))
    """
    for found in reversed(list(_BRACKET.finditer(text))):
        if is_unit(found[1]):
            rest = f"{text[: found.start()]} {text[found.end() :]}"
            return plain(rest), unit_in(found[1])
    return plain(text), ""


def said_unit(text: str) -> str | None:
    """Give the unit that a line above a table says (``单位：亿元``); None where it says none."""
    found = _SAID.fullmatch(text.strip())
    return plain(found[1]) if found else None


def several_units(unit: str) -> bool:
    """Whether a line names several units, so that it does not say which column has which.

    Examples
    --------
    >>> several_units("亿元、万人"), several_units("yuan, persons"), several_units("10,000 persons")
    (True, True, False)
    """
    return _SEVERAL.search(unit) is not None


def years_in(text: str) -> list[int]:
    """Find the years in a title or a name, each once.

    Examples
    --------
    >>> years_in("3-1 各地区产值（２０１５年）"), years_in("二〇一五年"), years_in("2015-2020年")
    ([2015], [2015], [2015, 2020])
    """
    found = [int(year) for year in _YEAR.findall(folded(text))]
    found += [int(year.translate(_DIGITS)) for year in _CHINESE_YEAR.findall(text)]
    return list(dict.fromkeys(found))


def without_year(text: str) -> str:
    """Give a title or a name without its years."""
    rest = _CHINESE_YEAR.sub(" ", _YEAR.sub(" ", folded(text)))
    return plain(re.sub(r"[(（\[]\s*[)）\]]", " ", rest)).strip(" -—–_,，、:：")


def spread(rows: Sequence[Sequence[str]], merges: Sequence[Merge]) -> list[list[str]]:
    """Give the rows with what is merged repeated in every cell of its area."""
    full = [[cell.strip() for cell in row] for row in rows]
    for first, left, last, right in merges:
        if first > len(full) or left > len(full[0]):
            continue
        text = full[first - 1][left - 1]
        for row in full[first - 1 : last]:
            row[left - 1 : right] = [text] * len(row[left - 1 : right])
    return full


def paths(
    rows: Sequence[Sequence[str]],
    merges: Sequence[Merge],
    headings: Sequence[int],
    columns: Sequence[int],
) -> tuple[dict[int, list[str]], list[tuple[int, int]]]:
    """Give the heading of each column as its parts from the top; rows and columns from 0.

    A group that is not merged reaches over blank cells to its right; these cells are given, too.
    """
    full = spread(rows, merges)
    merged = {
        (row, column)
        for first, left, last, right in merges
        for row in range(first - 1, last)
        for column in range(left - 1, right)
        if row in headings
    }
    reached = []
    for place, row in enumerate(headings[:-1]):
        below = headings[place + 1 :]
        group = ""
        for column in columns:
            text = full[row][column]
            under = any(full[each][column] for each in below)
            if text:
                group = text if under and (row, column) not in merged else ""
            elif group and under:
                full[row][column] = group
                reached.append((row, column))
    parts = {column: _once([plain(full[row][column]) for row in headings]) for column in columns}
    return parts, reached


def _once(parts: Sequence[str]) -> list[str]:
    """Leave out blanks, and what a merge repeats."""
    kept: list[str] = []
    for part in parts:
        if part and part not in kept[-1:]:
            kept.append(part)
    return kept


_HAN_SIGN = re.compile(r"[\u3400-\u9fff]")
_LATIN_WORD = re.compile(r"[A-Za-z]{4}")


def is_chinese(text: str) -> bool:
    """Whether a text holds a Chinese sign."""
    return _HAN_SIGN.search(text) is not None


def is_translation(text: str) -> bool:
    """Whether a text could be the translation of a Chinese one."""
    return not is_chinese(text) and _LATIN_WORD.search(text) is not None


def without_translation(text: str) -> str:
    r"""Leave out the lines of a cell that only say in Latin letters what those above say.

    Examples
    --------
    >>> without_translation("生产总值\nGross product")
    '生产总值'
    """
    lines = text.splitlines()
    kept = [line for line in lines if not is_translation(line)]
    if len(kept) == len(lines) or not any(map(is_chinese, kept)):
        return text
    return "\n".join(kept)
