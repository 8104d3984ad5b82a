"""The study.toml that explains itself: it is a study, and so is every line that it offers."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from geo_resilience import words
from geo_resilience.errors import InputError
from geo_resilience.indicators import read_framework
from geo_resilience.study._plan import Plan
from geo_resilience.study._plan_reading import read_plan
from geo_resilience.study._plan_sections import SECTIONS, RegressionPlan, options_of
from geo_resilience.study._template import blank_framework, short_study_text, study_text

OFFER = re.compile(r"# ([a-z_]+) = (.+)")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    names = [
        "table.csv",
        "boundaries.geojson",
        "aliases.csv",
        "crosswalk.csv",
        "groups.toml",
        "judgements.csv",
    ]
    names += [f"{stem}.csv" for stem in ("neighbors", "io_2018", "concordance", "risks")]
    names += [f"{stem}.csv" for stem in ("targets", "priorities", "thresholds", "responses")]
    names += [f"{stem}.csv" for stem in ("sectors_by_region", "broad_sectors", "margins")]
    names += [*(f"{stem}.csv" for stem in ("disruption", "maturity")), "base.gpkg", "rivers.gpkg"]
    names += ["results_2023/provenance.json"]
    (tmp_path / "results_2023").mkdir()
    for name in names:
        (tmp_path / name).write_text("x")
    return tmp_path


def offered(text: str) -> set[str]:
    """Give the keys of a text, set or offered in a comment, with their sections."""
    found, section = set(), ""
    for line in text.splitlines():
        if header := re.fullmatch(r"(?:# )?\[{1,2}([\w.]+)\]{1,2}", line):
            section = header[1]
        elif key := re.match(r"(?:# )?([a-z_]+) = ", line):
            found.add(f"{section}.{key[1]}")
    return found


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_is_a_study_of_that_language(folder: Path, language: str) -> None:
    (folder / "study.toml").write_text(study_text(language), encoding="utf-8")
    plan = read_plan(folder / "study.toml")
    assert plan.language == language
    assert plan.framework.file == "high_tech"
    assert plan.title
    assert plan.tables[0].year == "year"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_offers_every_key_once(language: str) -> None:
    text = study_text(language)
    expected = {f".{key}" for key in options_of(Plan)}
    expected |= {f"{name}.{key}" for name, kind in SECTIONS.items() for key in options_of(kind)}
    assert offered(text) == expected
    assert len(re.findall(r"^(?:# )?[a-z_]+ = ", text, re.MULTILINE)) == len(expected)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_key_has_an_explanation_above(language: str) -> None:
    lines = study_text(language).splitlines()
    for number, line in enumerate(lines):
        if re.match(r"(?:# )?[a-z_]+ = ", line):
            assert lines[number - 1].startswith("# ")
            assert not OFFER.fullmatch(lines[number - 1])


def test_no_line_is_wider_than_a_screen() -> None:
    import unicodedata

    for language in ("en", "zh"):
        for line in study_text(language).splitlines():
            wide = sum(1 + (unicodedata.east_asian_width(sign) in "WF") for sign in line)
            assert wide <= 100


def test_the_languages_differ_in_comments_alone() -> None:
    english, chinese = (tomllib.loads(study_text(language)) for language in ("en", "zh"))
    for study in (english, chinese):
        del study["title"], study["language"]
    assert english == chinese


def test_the_offered_supposition_is_valid_as_a_whole(folder: Path) -> None:
    text = study_text()
    start, end = text.index("# [[what_if]]"), text.index("[output]")
    offer = re.sub(r"^# (\[\[|[a-z_]+ = )", r"\1", text[start:end], flags=re.MULTILINE)
    (folder / "study.toml").write_text(text[:start] + offer + text[end:], encoding="utf-8")
    (supposed,) = read_plan(folder / "study.toml").what_if
    assert (supposed.region, supposed.year, supposed.target) == ("Hubei", 2023, 0.6)


def test_every_offered_line_is_valid_where_it_says(folder: Path) -> None:
    """Taking the # off one key, with the key that it goes with, gives a study."""
    needed = {
        "layer": "file", "crs": "file", "key": "file", "name": "file", "name_zh": "file",
        "indicator": "layout = 'wide'", "lower": "outliers = 'quantile'",
        "upper": "outliers = 'quantile'", "fence": "outliers = 'iqr'",
        "most": "outliers = 'skewness'", "limits_without": "outliers = 'iqr'",
        "goalposts": "method = 'fixed'", "values": "method = 'own'", "k": "rule = 'k_nearest'",
        "targets": "method = 'target'", "power": "how = 'generalized'",
        "improved_form": "method = 'improved_ahp'\njudgements = ['judgements.csv']",
        "combine": "method = 'combined'", "km": "rule = 'kernel'",
        "variable": "rule = 'economic'", "share": "rule = 'nested'\nvariable = 'grp'",
        "io_years": "io = 'judgements.csv'", "concordance": "io = 'judgements.csv'",
        "loss": "io = 'judgements.csv'", "io_source": "io = 'judgements.csv'",
            "io_source_zh": "io = 'judgements.csv'", "recovered": "shock = [2019, 2020]",
        "shock_variables": "shock = [2019, 2020]", "benchmark": "shock = [2019, 2020]",
        "risk_rule": "risks = 'judgements.csv'",
        "thresholds": "warn = true", "quantiles": "warn = true",
        "warning_rule": "warn = true", "responses": "warn = true", "watch": "warn = true",
        "forecast": "warn = true", "coverage": "warn = true", "hysteresis": "warn = true",
        "learn": "warn = true", "crisis": "warn = true\nlearn = 'signals'",
        "crisis_fall": "warn = true\nlearn = 'signals'\ncrisis = 'grp'",
        "horizon": "warn = true\nlearn = 'signals'\ncrisis = 'grp'",
        "priority_weights": "priorities = 'judgements.csv'",
        "crosswalk_year": "crosswalk = 'judgements.csv'",
        "crosswalk_rescale": "crosswalk = 'judgements.csv'",
        "url": "table = 'a'", "schema": "database = 'sqlite:///a'",
        "query": "url = 'sqlite:///a'", "table": "url = 'sqlite:///a'",
        **dict.fromkeys(
            ["io_sheet", "io_roles", "regional_sizes", "regional_variables", "disruption",
             "regional_concordance", "regional_methods", "regional_delta", "regional_margins"],
            "io = 'judgements.csv'",
        ),
        **dict.fromkeys(
            ["disruption_side", "disruption_form", "disruption_steps", "steps_per_year"],
            "io = 'judgements.csv'\ndisruption = 'judgements.csv'",
        ),
    }  # fmt: skip
    text = study_text()
    lists = [("# [[records]]", "[framework]"), ("# [[what_if]]", "[output]")]
    for start, end in [*lists, ("# [[map.context]]", "[neighbors]")]:
        text = text[: text.index(start)] + text[text.index(end) :]
    lines = text.splitlines()
    tried = 0
    for number, line in enumerate(lines):
        if not (offer := OFFER.fullmatch(line)):
            continue
        changed = lines.copy()
        changed[number] = line[2:]
        with_it = needed.get(offer[1], "")
        if with_it == "file":
            of_map = number > lines.index("[map]")
            with_it = "base = 'base.gpkg'" if of_map else "file = 'boundaries.geojson'"
        if "neighbors.csv" in offer[2]:
            with_it = "rule = 'file'"
        if "targets.csv" in offer[2]:
            with_it = ""
        if offer[1] == "indicator":
            changed[changed.index('year = "year"')] = ""
        if offer[1] in ("url", "query", "table"):  # in the place of a file
            changed = ["" if each == 'file = "table.csv"' else each for each in changed]
            if number < lines.index("[table]"):
                changed[lines.index("[table]")] += "\nfile = 'table.csv'"
        changed[number] += f"\n{with_it}"
        (folder / "study.toml").write_text("\n".join(changed), encoding="utf-8")
        read_plan(folder / "study.toml")
        tried += 1
    assert tried > 25


def test_the_offered_context_is_a_layer_when_uncommented(folder: Path) -> None:
    text = study_text()
    start, end = text.index("# [[map.context]]"), text.index("[neighbors]")
    offer = re.sub(r"^# (\[\[|[a-z_]+ = )", r"\1", text[start:end], flags=re.MULTILINE)
    (folder / "study.toml").write_text(text[:start] + offer + text[end:], encoding="utf-8")
    (layer,) = read_plan(folder / "study.toml").context
    assert (layer.file.name, layer.name_zh, layer.style) == ("rivers.gpkg", "河流", "geometry")


@pytest.mark.parametrize(
    ("section", "end", "without", "file"),
    [
        ("records", "# [[rasters]]", ["region"], "firms/a.parquet"),
        ("rasters", "[framework]", ["year", "band"], "lights/a.tif"),
    ],
)
def test_a_section_of_what_is_counted_is_one_when_uncommented(
    folder: Path, section: str, end: str, without: list[str], file: str
) -> None:
    text = study_text()
    begins = text.index(f"# [[{section}]]")
    offers = [
        found
        for line in text[begins : text.index(end)].splitlines()
        if (found := OFFER.fullmatch(line))
    ]
    left = [found[0][2:] for found in offers if found[1] not in without]
    (folder / file).parent.mkdir()
    (folder / file).touch()
    (folder / "industries.csv").touch()
    changed = text[:begins] + f"[[{section}]]\n" + "\n".join(left) + "\n" + text[begins:]
    (folder / "study.toml").write_text(changed, encoding="utf-8")
    plan = read_plan(folder / "study.toml")
    (found,) = getattr(plan, section)
    assert found.files == (folder / file,) and len(left) + len(without) == len(offers)
    if section == "records":
        assert found.top == (("revenue", "owner", 4),)
    else:
        assert found.classes == {"built": (8,), "farmed": (1, 2)} and found.no_data == (255,)
        assert plan.echo()["rasters"][0]["files"] == ["lights/a.tif"]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("boundaries", [{}, {"file": "boundaries.geojson", "key": "id"}])
def test_the_short_one_is_the_same_study(
    folder: Path, language: str, boundaries: dict[str, str]
) -> None:
    text = short_study_text(language, boundaries=boundaries)
    assert 20 <= len(text.splitlines()) <= 30
    assert "--full" in text
    (folder / "study.toml").write_text(text, encoding="utf-8")
    short = read_plan(folder / "study.toml")
    (folder / "study.toml").write_text(study_text(language, boundaries=boundaries), "utf-8")
    assert short == read_plan(folder / "study.toml")


def test_the_short_one_takes_the_boundaries_that_it_offers(folder: Path) -> None:
    offer = re.sub(r"^# (\[|file|key)", r"\1", short_study_text(), flags=re.MULTILINE)
    (folder / "study.toml").write_text(offer, encoding="utf-8")
    plan = read_plan(folder / "study.toml")
    assert plan.boundaries.file == folder / "boundaries.geojson"
    assert plan.boundaries.key == "code"


@pytest.mark.parametrize("count", [1, 2, 7])
def test_a_blank_framework_asks_for_what_is_blank_and_is_one_when_it_is_filled(
    tmp_path: Path, count: int
) -> None:
    file = tmp_path / "framework.toml"
    file.write_text(blank_framework(count), encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_framework(file)
    assert len(error.value.problems) == count
    assert "still blank: name, direction." in error.value.lines()[0]
    file.write_text(blank_framework(count, direction="-"), encoding="utf-8")
    framework = read_framework(file)
    assert len(framework.codes) == len(framework.needed_columns) == count


def test_a_further_language_needs_no_field_of_the_plan(monkeypatch):
    monkeypatch.setattr(words, "LANGUAGES", ("en", "zh", "fr"))
    called = RegressionPlan(names={"x": "Trade"}, names_zh={"x": "贸易"}).called["x"]
    assert (called["fr"], called["zh"]) == ("Trade", "贸易")
