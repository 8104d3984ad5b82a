"""Names of regions as people write them, matched to keys. Nothing is ever guessed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from geo_resilience.errors import InputError, Problem, Problems
from geo_resilience.notes import Note
from geo_resilience.regions._known_names import Known
from geo_resilience.regions._provinces import is_iso_list, is_total, is_zone
from geo_resilience.regions._regions import Regions
from geo_resilience.regions._spelling import as_text
from geo_resilience.tables._cells import seen
from geo_resilience.tables._reading import read_rows
from geo_resilience.words import Phrase


@dataclass(frozen=True, eq=False)
class Match:
    """Names of regions and the keys that they were matched to.

    - ``keys``: key of each name, missing where there is none; the index is that of the names.
    - ``unknown``: names that match nothing, each with the nearest known names.
    - ``ambiguous``: names that may mean several regions, each with the keys of these.
    - ``how``: how each matched name was matched: ``"key"``, ``"name"``, ``"alias"``, ``"suffix"``
      or ``"spelling"``.
    - ``reasons``: for each unmatched name a sentence that says what is wrong and how to mend it.
    - ``hint``: what all unmatched keys have in common (leading zeros).
    - ``notes``: judgement calls: names matched without their administrative word.
    """

    keys: pd.Series
    unknown: dict[str, list[str]] = field(default_factory=dict)
    ambiguous: dict[str, list[str]] = field(default_factory=dict)
    how: dict[str, str] = field(default_factory=dict)
    reasons: dict[str, Phrase] = field(default_factory=dict)
    hint: Phrase | None = None
    notes: tuple[Note, ...] = ()

    @property
    def totals(self) -> list[str]:
        """Names that match nothing and say that their rows are sums (全国, Total, 东部地区)."""
        return [name for name in self.reasons if is_total(name) or is_zone(name)]

    def with_more(self, name: str, near: Collection[str]) -> Phrase:
        """Give the reason why a name was not matched, with further names that it is like."""
        reason = self.reasons[name]
        if not near:
            return reason
        names = {"names": [*self.unknown.get(name, ()), *near]}
        hint = Phrase("hint.did_you_mean", names)
        return Phrase(reason.key, {**reason.values, "hint": hint})

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything that did not match, as problems; one for all where they share a cause."""
        phrases = [self.hint] if self.hint else list(self.reasons.values())
        return tuple(
            Problem(phrase.key.removeprefix("problem."), dict(phrase.values)) for phrase in phrases
        )


def resolve(
    names: str | Iterable[object],
    regions: Regions | None = None,
    *,
    aliases: Mapping[str, str] | None = None,
) -> pd.Series:
    """Give the key of every name.

    Parameters
    ----------
    names : Series, sequence or str
        Names or codes in any usual spelling.
    regions : Regions, optional
        The regions that they may mean. None: the 31 provincial units of China.
    aliases : mapping of str to str, optional
        Further names, each with a key or a name of the regions.

    Returns
    -------
    Series of str
        Keys, in the order and with the index of the names.

    Raises
    ------
    InputError
        With every name that is unknown or ambiguous, and the nearest known names.

    Examples
    --------
    >>> resolve(["北京", "Inner Mongolia", "CN-SN", 14, " ｓｈａｎｇｈａｉ shi"]).to_list()
    ['110000', '150000', '610000', '140000', '310000']
    """
    match = match_names(names, regions, aliases=aliases)
    if match.problems:
        raise InputError(match.problems)
    return match.keys


def match_names(
    names: str | Iterable[object],
    regions: Regions | None = None,
    *,
    aliases: Mapping[str, str] | None = None,
) -> Match:
    """Match names of regions to keys as far as that is certain.

    Parameters
    ----------
    names : Series, sequence or str
        Names or codes.
    regions : Regions, optional
        The regions that they may mean. None: the 31 provincial units of China.
    aliases : mapping of str to str, optional
        Further names, each with a key or a name of the regions.

    Returns
    -------
    Match

    Notes
    -----
    In this order: the key exactly as text (``"07"`` is not ``"7"``), the name as written, the name
    without regard to case, full-width forms and blanks, the alias table, and then: for the
    provinces of China (the bundled ones, or boundaries with the same codes as keys) every usual
    spelling; for other boundaries the name without its administrative word (市, 县, 地区, City,
    County ...) where that is unique and the words do not contradict each other.

    Examples
    --------
    >>> match = match_names(["Beijing", "Heilongjang", "Shan xi"])
    >>> match.unknown["Heilongjang"][0], match.ambiguous
    ('Heilongjiang', {'Shan xi': ['140000', '610000']})
    """
    given = _series(names)
    texts = [seen(as_text(value)) for value in given]
    known = Known.of(regions, aliases)
    distinct = list(dict.fromkeys(texts))
    iso = known.provincial and is_iso_list(distinct)
    found = {text: known.find(text, iso=iso) for text in distinct}
    matched = {text: keys[0] for text, (_, keys) in found.items() if len(keys) == 1}
    unmatched = {text: keys for text, (_, keys) in found.items() if len(keys) != 1}
    keys = pd.Series(
        [matched.get(text, pd.NA) for text in texts], index=given.index, name="adcode", dtype=object
    )
    return Match(
        keys=keys if unmatched else keys.astype("str"),
        unknown={text: known.nearest(text) for text, keys in unmatched.items() if not keys},
        ambiguous={text: list(keys) for text, keys in unmatched.items() if keys},
        how={text: found[text][0] for text in matched},
        reasons={text: known.reason(text, keys) for text, keys in unmatched.items()},
        hint=known.padding(list(unmatched)),
        notes=known.notes(
            {text: key for text, key in matched.items() if found[text][0] == "suffix"}
        ),
    )


def _series(names: str | Iterable[object]) -> pd.Series:
    """Take names as a series."""
    if isinstance(names, pd.Series):
        return names
    if isinstance(names, str) or not isinstance(names, Iterable):
        names = [names]
    return pd.Series(list(names), dtype=object)


def read_aliases(path: str | Path, regions: Regions | None = None) -> dict[str, str]:
    """Read a table of further names for regions.

    Parameters
    ----------
    path : str or Path
        A table with a header row and two columns: the name as it stands in the tables, and the key
        or name of the region that it means. UTF-8, UTF-16 or GB18030.
    regions : Regions, optional
        With them a first row that means one of them is no header but an alias.

    Returns
    -------
    dict of str
        Key or name of the region, by further name.

    Raises
    ------
    InputError
        If the file cannot be read, a row has not two filled cells, or a name is given two meanings.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder) / "aliases.csv"
    ...     pd.DataFrame({"name": ["the capital"], "means": ["110000"]}).to_csv(file, index=False)
    ...     read_aliases(file)
    {'the capital': '110000'}
    """
    file = Path(path)
    rows = read_rows(file).filled()
    if rows and not _is_alias(rows[0][1], regions):
        rows = rows[1:]
    problems = Problems()
    aliases: dict[str, str] = {}
    first: dict[str, int] = {}
    for number, cells in rows:
        if len(cells) != 2 or not all(cells):
            problems.add("regions.alias_row", file=file, row=number, found=cells)
            continue
        name, target = cells
        if aliases.setdefault(name, target) != target:
            problems.add(
                "regions.alias_twice",
                file=file,
                rows=[first[name], number],
                name=name,
                targets=[aliases[name], target],
            )
        first.setdefault(name, number)
    if not aliases and not len(problems):
        problems.add("regions.alias_none", file=file)
    problems.raise_if_any()
    return aliases


def _is_alias(cells: list[str], regions: Regions | None) -> bool:
    """Whether a first row means a region, as no header does."""
    if regions is None or len(cells) != 2:
        return False
    return not match_names(cells[1:], regions).reasons
