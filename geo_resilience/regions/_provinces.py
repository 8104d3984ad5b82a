"""Provincial units of China by any usual spelling."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from geo_resilience.regions._spelling import spelled

#: Codes of provincial units that the bundled boundaries do not have, and their usual names.
NOT_COVERED = {
    "710000": ("台湾", "台湾省", "taiwan", "taiwan province", "cn-tw", "tw"),
    "810000": ("香港", "香港特别行政区", "hong kong", "hong kong sar", "xianggang", "cn-hk", "hk"),
    "820000": ("澳门", "澳门特别行政区", "macao", "macau", "macao sar", "aomen", "cn-mo", "mo"),
}
_TOTALS = (
    "全国|全国总计|全国合计|合计|总计|中国|全省|全市|全区|全县|全部|平均|china|nation|national|"
    "national total|total|sum|mean|average|whole country|100000"
)
#: Parts of the country that tables sum up between their regions.
_ZONE = re.compile(
    r"(?:[东中西南北]部|东北|西北|西南|东南|华[东南西北中]|中南|东中西部|沿海|内陆|东部沿海|北方|南方|"
    r"中西部|非东部)(?:地区|区域|省份|各省|各省份|板块|经济区|区)?|"
    r"(?:长江经济带|京津冀|长三角|珠三角|粤港澳大湾区|黄河流域|长江三角洲|珠江三角洲|成渝|环渤海|"
    r"西部十二省|中部六省|东北三省)(?:地区|区域|城市群|经济圈)?|"
    r"(?:(?:north|south|east|west|northeast|northwest|southwest|southeast|central)(?:ern)?|coastal|"
    r"inland|centralsouth)(?:china|regions?|areas?|zones?)?|yangtzeriver(?:delta|economicbelt)|"
    r"pearlriverdelta|beijingtianjinhebei(?:region)?"
)
#: Ends of the names of sums, such as 全省合计 or 东部小计.
_ENDS = ("合计", "总计", "小计")
#: Administrative words by kind; "province" is said of autonomous regions too.
_WORDS = {
    "province": ("province", "sheng"),
    "municipality": ("municipality", "city", "shi"),
    "region": ("autonomous region", "zizhiqu", "ar", "province"),
}
#: Letters that are the initials of several names: plain ISO codes only beside codes of `_ISO_ONLY`.
_INITIALS = {
    "hb": ("130000", "420000"),
    "hn": ("410000", "430000", "460000"),
    "sx": ("140000", "610000"),
}
_ISO_ONLY = frozenset({"he", "ha", "hi", "sn"})
_TRADITIONAL = str.maketrans(
    "內遼寧龍蘇廣東貴雲慶肅陝壯維爾區灣臺門特別濟國總計",
    "内辽宁龙苏广东贵云庆肃陕壮维尔区湾台门特别济国总计",
)
_CODE = re.compile(r"(?:cn[- ]?)?(\d{2}|\d{6})(?:\.0+)?")
#: Shanxi and Shaanxi differ in a tone: ā is the first's, ǎ (typed ă, too) the second's.
_SHAN_XI = re.compile(
    r"(?:province of )?sh(aa|[aāáǎăàâ])n([1-5]?)([\s\-_.'’·]*)x([iīíǐìĭî])([1-5]?)(.*)"
)
_TONE_NUMBER = re.compile(r"(?<=[a-z])[1-5](?=[^0-9]|$)")


@dataclass(frozen=True)
class _Province:
    """A row of provinces.csv."""

    adcode: str
    name: str
    name_zh: str
    name_zh_full: str
    iso: str
    kind: str
    signs: tuple[str, ...]
    people: tuple[str, ...]
    spellings: tuple[str, ...]

    @classmethod
    def of(cls, row: Mapping[str, str]) -> _Province:
        """Read a row; lists are joined by bars."""
        signs, people, spellings = (
            tuple(filter(None, row[name].split("|"))) for name in ("signs", "people", "spellings")
        )
        names = (row["name"], row["name_zh"], row["name_zh_full"])
        return cls(row["adcode"], *names, row["iso"], row["kind"], signs, people, spellings)

    def written(self) -> Iterator[str]:
        """Give every spelling but codes."""
        yield from (self.name_zh, self.name_zh_full, *self.signs)
        if self.kind == "region":
            yield from (self.name_zh + "自治区", self.name_zh_full.removesuffix("自治区"))
        for name in (self.name, *self.spellings):
            yield name
            if not name.isascii():
                continue
            yield from self._with_words(name)
            for people in self.people:
                yield f"{name} {people}"
                yield from self._with_words(f"{name} {people}")

    def _with_words(self, name: str) -> Iterator[str]:
        for word in _WORDS[self.kind]:
            yield f"{name} {word}"
            yield f"{word} of {name}"


@cache
def _table() -> tuple[_Province, ...]:
    """Read provinces.csv."""
    text = (files(__package__) / "provinces.csv").read_text(encoding="utf-8")
    return tuple(_Province.of(row) for row in csv.DictReader(text.splitlines()))


#: Codes of all provincial units, six digits.
PROVINCIAL_CODES = frozenset({row.adcode for row in _table()} | set(NOT_COVERED))


@cache
def _spellings() -> dict[str, frozenset[str]]:
    """Give the provinces of every spelling."""
    found: dict[str, set[str]] = {}
    for province in _table():
        for spelling in (*province.written(), province.iso, province.iso[3:]):
            found.setdefault(spelled(spelling), set()).add(province.adcode)
    for adcode, names in NOT_COVERED.items():
        found |= {spelled(name): {adcode} for name in names}
    return {spelling: frozenset(adcodes) for spelling, adcodes in found.items()}


def province_names() -> dict[str, tuple[str, str, str]]:
    """Give name, short and full Chinese name of the 31 units by adcode."""
    return {row.adcode: (row.name, row.name_zh, row.name_zh_full) for row in _table()}


def province_aliases() -> dict[str, tuple[str, ...]]:
    """Give what else the 31 units are called, by adcode: full name, sign, old spellings, ISO."""
    return {row.adcode: (row.name_zh_full, *row.signs, *row.spellings, row.iso) for row in _table()}


def is_iso_list(texts: Iterable[str]) -> bool:
    """Whether a list holds a two-letter code that only ISO 3166-2 has (HE, HA, HI, SN)."""
    return any(spelled(text) in _ISO_ONLY for text in texts)


def provinces_spelled(text: str, *, iso: bool = False) -> tuple[str, ...]:
    """Give the provincial units that a spelling may mean."""
    normal = unicodedata.normalize("NFKC", text).casefold().strip()
    if code := _CODE.fullmatch(normal):
        adcode = code[1].ljust(6, "0")
        return (adcode,) if adcode in PROVINCIAL_CODES else ()
    if (shan_xi := _shan_xi(normal)) is not None:
        return shan_xi
    spelling = spelled(normal).translate(_TRADITIONAL)
    if spelling in _INITIALS and not iso:
        return _INITIALS[spelling]
    found = _spellings().get(spelling) or _spellings().get(_toneless(normal)) or frozenset()
    return tuple(sorted(found))


def _shan_xi(text: str) -> tuple[str, ...] | None:
    """Tell Shanxi from Shaanxi by spelling or tone; None when the text is neither."""
    found = _SHAN_XI.fullmatch(text)
    if not found or _toneless(found[6]) not in ("", "sheng", "province"):
        return None
    vowel, tone, gap, last, last_tone = found.groups()[:5]
    if vowel == "aa" or (vowel in "ǎă" and tone == "") or (vowel == "a" and tone == "3"):
        return ("610000",)
    if (vowel == "ā" and tone == "") or (vowel == "a" and tone == "1"):
        return ("140000",)
    if vowel == "a" and not (tone or gap or last_tone) and last == "i":
        return ("140000",)
    return ("140000", "610000")


def _toneless(text: str) -> str:
    """Drop tone marks and tone numbers of pinyin, then fold."""
    letters = unicodedata.normalize("NFD", text)
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    if len(_TONE_NUMBER.findall(plain)) > 1:  # one alone is rather a footnote's
        plain = _TONE_NUMBER.sub("", plain)
    return spelled(plain)


def is_total(text: str) -> bool:
    """Whether a name stands for all regions together: one known, or one that ends as sums do."""
    name = spelled(text).translate(_TRADITIONAL)
    return name.endswith(_ENDS) or name in {spelled(each) for each in _TOTALS.split("|")}


def is_zone(text: str) -> bool:
    """Whether a name that is no region stands for a part of the country (东部地区, North China)."""
    return _ZONE.fullmatch(spelled(text).translate(_TRADITIONAL)) is not None
