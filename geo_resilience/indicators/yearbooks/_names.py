"""What a label of a row or column says: a region, a total or zone, a role."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from geo_resilience.regions import Regions
from geo_resilience.regions._known_names import Known
from geo_resilience.regions._provinces import is_total, is_zone
from geo_resilience.regions._spelling import spelled
from geo_resilience.tables._cells import folded
from geo_resilience.tables._headings import OF_UNITS, OF_YEARS, plain

#: Headings of columns by what they hold.
ROLES: Mapping[str, tuple[str, ...]] = {
    "region": (
        *(
            "地区",
            "省份",
            "省市",
            "省市区",
            "省(区市)",
            "城市",
            "市县",
            "市",
            "区县",
            "县市",
            "单元",
        ),
        *("省", "地市", "行政区", "行政区划", "区域", "名称", "地区名称", "省级单位", "省区市"),
        *("region", "regions", "area", "province", "provinces", "city", "county", "district"),
        *("state", "prefecture", "name", "unit name"),
    ),
    "year": (*OF_YEARS, "时间", "years", "period", "time"),
    "figure": (
        *("指标", "指标名称", "项目", "变量", "indicator", "indicators", "item", "variable"),
        *("series", "figure"),
    ),
    "unit": OF_UNITS,
    "code": (
        *("代码", "行政区划代码", "地区代码", "区划代码", "编码", "code", "adcode", "region code"),
        "codes",
    ),
    "number": ("序号", "编号", "行次", "no", "no.", "number", "#"),
    "value": ("数值", "值", "指标值", "数量", "数据", "value", "values", "data", "figure"),
    "numbering": ("甲", "乙", "丙", "a", "b", "栏次", "序号", "行次", "代码", "code"),
}

_MARKS = re.compile(r"(?:[①-⑳⑴-⒇*＊†‡¹²³⁴-⁹]|\[[0-9]{1,2}\])+$")


def role_of(heading: str) -> str:
    """Tell by its heading what a column holds; empty where that says nothing."""
    name = folded(plain(heading)).casefold().replace(" ", "")
    known = {each.replace(" ", ""): role for role in reversed(_TELLING) for each in ROLES[role]}
    return known.get(name, "")


_TELLING = ("region", "year", "figure", "unit", "code", "number")


def is_role(heading: str, role: str) -> bool:
    """Whether a heading is one of those of a role."""
    return folded(plain(heading)).casefold().replace(" ", "") in ROLES[role]


def without_marks(text: str) -> str:
    """Give a label or figure without the marks of footnotes at its end."""
    return _MARKS.sub("", text.strip()).strip()


class RegionNames:
    """The regions that labels may mean: those given, else the provinces of China.

    Where there are none that fit, any name is a region of its own.
    """

    def __init__(
        self,
        regions: Regions | None,
        left_out: Sequence[str] = (),
        called: Mapping[str, str] | None = None,
    ) -> None:
        self._known = Known.of(regions, None)
        self._found: dict[str, str] = {}
        self._left_out = {spelled(name) for name in left_out}
        self._called = {spelled(label): name for label, name in (called or {}).items()}

    def bare(self, label: str) -> str:
        """Give a label without marks of footnotes; the name that the recipe has for it."""
        text = plain(without_marks(label))
        return self._called.get(spelled(text), text)

    def nearest(self, label: str) -> list[str]:
        """Give the names of known regions that a label is most like."""
        return self._known.nearest(self.bare(label))

    def key(self, label: str) -> str:
        """Give the key of the region that a label means; empty where it means none for certain."""
        if label not in self._found:
            text = self.bare(label)
            keys = self._known.find(text)[1] if text else ()
            self._found[label] = keys[0] if len(keys) == 1 else ""
        return self._found[label]

    def identity(self, label: str) -> str:
        """Give what two labels share that name one region."""
        return self.key(label) or spelled(self.bare(label))

    def sum_of(self, label: str) -> str:
        """Say whether a label that is no region is a total, a zone, or left out as asked."""
        text = plain(without_marks(label))
        if spelled(text) in self._left_out:
            return "asked"
        if not text or self.key(label):
            return ""
        return "total" if is_total(text) else "zone" if is_zone(text) else ""

    def tells(self, label: str) -> bool:
        """Whether a label is one of regions: a region, a total or a zone."""
        return bool(self.key(label) or self.sum_of(label))
