"""Models side by side, as a paper's table: text, CSV, LaTeX, HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path

import numpy as np
import pandas as pd

from geo_resilience import words
from geo_resilience.spatial.regression._detectable import detectable_effects
from geo_resilience.spatial.regression._estimates import Estimates

_LATEX = {
    **{sign: "\\" + sign for sign in "_%&#${}"},
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": "$<$",
    ">": "$>$",
    "²": "$^2$",
    "×": r"$\times$",
    "\n": " ",
}

_CELL = "padding:0 .6em;text-align:right;font-weight:normal"
_HEAD = _CELL + ";border-top:1px solid"


def stars(p: float) -> str:
    """Give *** below 0.01, ** below 0.05, * below 0.1."""
    return "".join("*" for bound in (0.1, 0.05, 0.01) if p < bound)


@dataclass(frozen=True, eq=False)
class ComparisonTable:
    """A table of models ready to print: rows of text by section (terms, fit, tests) and label.

    `head` says what the columns explain, `foot` has the remarks below the table.
    """

    frame: pd.DataFrame
    head: str
    foot: tuple[str, ...]

    def _rows(self) -> Iterator[tuple[str, bool, str, list[str]]]:
        """Give section, whether another went before it, label and cells of each row."""
        before = "terms"
        for (section, label), row in self.frame.iterrows():
            yield section, section != before, str(label), [str(cell) for cell in row]
            before = section

    def text(self) -> str:
        """Give the table in plain text."""
        labels = [str(label) for _, label in self.frame.index]
        left = max([_width(label) for label in labels] + [8])
        widths = [
            max([_width(str(cell)) for cell in self.frame[name]] + [_width(str(name)), 10])
            for name in self.frame
        ]
        rule = "-" * (left + sum(width + 2 for width in widths))
        lines = [self.head, rule]
        if any(str(name) for name in self.frame):
            lines += [_line("", [str(name) for name in self.frame], left, widths), rule]
        for _, first, label, cells in self._rows():
            lines += [rule] if first else []
            lines.append(_line(label, cells, left, widths))
        return "\n".join([*lines, rule, *self.foot])

    def __str__(self) -> str:
        return self.text()

    def to_csv(self, path: str | Path) -> None:
        """Write the table as CSV."""
        table = self.frame.reset_index()
        table.to_csv(path, index=False, encoding="utf-8", lineterminator="\n")

    def latex(self) -> str:
        """Give the table as LaTeX (booktabs), every text escaped; Chinese wants ctex."""
        count = self.frame.shape[1]
        lines = [rf"\begin{{tabular}}{{l{'r' * count}}}", r"\toprule"]
        lines += [_across(count, "l", self.head), r"\midrule"]
        lines += [" & ".join(["", *(_tex(str(name)) for name in self.frame)]) + r" \\", r"\midrule"]
        for _, first, label, cells in self._rows():
            lines += [r"\midrule"] if first else []
            numbers = (re.sub(r"^(\(?)-(?=\d)", r"\1$-$", _tex(cell)) for cell in cells)
            lines.append(" & ".join([_tex(label), *numbers]) + r" \\")
        lines.append(r"\bottomrule")
        lines += [
            _across(count, r"p{0.95\linewidth}", line, r"\footnotesize ") for line in self.foot
        ]
        return "\n".join([*lines, r"\end{tabular}"])

    def html(self) -> str:
        """Give the table as HTML, every text escaped."""
        head = "".join(f'<th style="{_HEAD}">{escape(str(name))}</th>' for name in self.frame)
        body: list[str] = []
        for section, first, label, texts in self._rows():
            style = _HEAD if first or not body else _CELL
            cells = "".join(f'<td style="{style}">{escape(cell)}</td>' for cell in texts)
            left = f'<th scope="row" style="{style};text-align:left">{escape(label)}</th>'
            body.append(f'<tr class="{section}">{left}{cells}</tr>')
        foot = "".join(f"<p>{escape(line)}</p>" for line in self.foot)
        return (
            f'<table class="regression" style="border-collapse:collapse">'
            f'<caption style="text-align:left">{escape(self.head)}</caption>'
            f'<thead><tr><th style="{_HEAD}"></th>{head}</tr></thead>'
            f"<tbody>{''.join(body)}</tbody></table>{foot}"
        )

    def _repr_html_(self) -> str:
        return self.html()


def compare(
    models: Mapping[str, Estimates],
    *,
    language: str = "en",
    digits: int = 3,
    names: Mapping[str, str] | None = None,
    p: Mapping[str, pd.Series] | None = None,
) -> ComparisonTable:
    """Set models side by side, standard errors in brackets under the estimates.

    Below one model alone stands also the effect that each coefficient could have shown.

    Parameters
    ----------
    models : mapping of str to Model
        Columns by name; a blank name takes the model's kind.
    language : {"en", "zh"}
    digits : int
        Significant digits of estimates and standard errors.
    names : mapping of str to str, optional
        What variables are called in the table, by their column; spatial lags, lags of a year
        and products are named after them. Without a name the column's own stands.
    p : mapping of str to Series, optional
        By column the p behind the stars of its terms, in place of the model's own.

    Returns
    -------
    ComparisonTable
        Its ``frame`` has rows of text by section (terms, fit, tests) and label; ``head`` and
        ``foot`` stand above and below.

    Examples
    --------
    >>> from geo_resilience.spatial import ols_model
    >>> x = pd.DataFrame({"x": [0.0, 1, 2, 3], "z": [1.0, 0, 0, 1]}, list("abcd"))
    >>> y = pd.Series([1.0, 2.1, 2.9, 4.2], list("abcd"), name="y")
    >>> table = compare({"one": ols_model(y, x[["x"]]), "both": ols_model(y, x)})
    >>> list(table.frame.columns)
    ['one', 'both']
    """
    columns = {name or _label(model.kind, language): model for name, model in models.items()}
    terms: list[str] = []
    for model in columns.values():
        terms += [term for term in model.coefficients.index if term not in terms]
    terms += [t for t in ("rho", "lambda") if any(t in m.spatial.index for m in columns.values())]
    rows: list[tuple[tuple[str, str], list[str]]] = []
    for term in terms:
        pairs = [
            _cells(model, term, digits, (p or {}).get(name)) for name, model in columns.items()
        ]
        rows.append((("terms", term_label(term, language, names)), [pair[0] for pair in pairs]))
        rows.append((("terms", ""), [pair[1] for pair in pairs]))
    for name, values in _fit_rows(list(columns.values()), language).items():
        rows.append((("fit", _label(name, language)), values))
    tests = list(dict.fromkeys(t for m in columns.values() for t in m.tests.index))
    for test in tests:
        cells = [_test(m, test) for m in columns.values()]
        rows.append((("tests", _label(str(test), language)), cells))
    index = pd.MultiIndex.from_tuples([key for key, _ in rows], names=["section", "row"])
    frame = pd.DataFrame([cells for _, cells in rows], index=index, columns=list(columns))
    left = dict.fromkeys(term_label(m.dependent, language, names) for m in columns.values())
    head = words.say("regression.head", language, dependent=list(left))
    notes = [note.say(language) for model in columns.values() for note in model.notes]
    if len(columns) == 1:
        notes.append(_seen(next(iter(columns.values())), language, names, digits))
    foot = [words.say("regression.foot", language), *dict.fromkeys(notes)]
    return ComparisonTable(frame, head, tuple(foot))


def _seen(model: Estimates, language: str, names: Mapping[str, str] | None, digits: int) -> str:
    """Say what size each coefficient must have had to be found in four cases of five."""
    found = detectable_effects(model)["detectable"]
    sizes = [
        f"{term_label(str(term), language, names)} {_number(value, digits)}"
        for term, value in found.items()
        if term != "constant"
    ]
    return words.say("regression.foot_seen", language, sizes=sizes, rows=model.n)


def term_label(term: str, language: str = "en", names: Mapping[str, str] | None = None) -> str:
    """Name a term of a model: spatial lag, last year's value and product by their parts."""
    if term in ("constant", "rho", "lambda"):
        return _label(term, language)
    known = names or {}
    if not known or term in known:
        return known.get(term, term)
    if ":" in term:
        return " × ".join(term_label(part, language, known) for part in term.split(":"))
    if term.startswith("W_"):
        return "W × " + term_label(term[2:], language, known)
    if term.endswith("_lag"):
        inner = term_label(term[:-4], language, known)
        return words.say("regression.last_year", language, name=inner)
    return term


def _label(name: str, language: str) -> str:
    key = "regression.label_" + name.casefold().replace(" ", "_").replace("-", "_")
    key = key.replace("(", "").replace(")", "")
    return words.say(key, language) if words.has(key) else name


def _number(value: float, digits: int) -> str:
    if not np.isfinite(value):
        return ""
    if value == 0:
        return "0"
    places = max(digits - 1 - int(np.floor(np.log10(abs(value)))), 0)
    return f"{value:.{min(places, 8)}f}"


def _cells(model: Estimates, term: str, digits: int, known: pd.Series | None) -> tuple[str, str]:
    table = pd.concat([model.coefficients, model.spatial])
    if term not in table.index:
        return "", ""
    row = table.loc[term]
    p = row["p"] if known is None else known.get(term, row["p"])
    return _number(row["estimate"], digits) + stars(p), f"({_number(row['se'], digits)})"


def _fit_rows(models: list[Estimates], language: str) -> dict[str, list[str]]:
    rows = {
        "method": [f"{m.method}" for m in models],
        "effects": [_label(m.effects or "none", language) for m in models],
        "random_effects": [_label("none" if m.phi is None else "region", language) for m in models],
        "standard_errors": [_label(m.se, language) for m in models],
        "n": [str(m.n) for m in models],
        "regions": [str(m.design.regions) for m in models],
        "years": [str(m.design.periods) for m in models],
        "r2": [f"{m.r2:.3f}" for m in models],
        "sigma2": [_number(m.sigma2, 4) for m in models],
        "log_likelihood": [f"{m.log_likelihood:.2f}" for m in models],
        "aic": [f"{m.aic:.2f}" for m in models],
        "bic": [f"{m.bic:.2f}" for m in models],
    }
    if all(model.phi is None for model in models):
        del rows["random_effects"]
    return {name: ["" if cell == "nan" else cell for cell in row] for name, row in rows.items()}


def _test(model: Estimates, test: str) -> str:
    if test not in model.tests.index:
        return ""
    row = model.tests.loc[test]
    value = f"{row['statistic']:.2f}"
    if np.isnan(row["p"]):
        return value
    return f"{value} [{row['p']:.3f}]" if row["p"] >= 0.0005 else f"{value} [<0.001]"


def _width(text: str) -> int:
    """Give the columns a text takes on a terminal: two for a Chinese character."""
    from unicodedata import east_asian_width

    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)


def _line(label: str, cells: list[str], left: int, widths: list[int]) -> str:
    parts = [label + " " * (left - _width(label))]
    for cell, width in zip(cells, widths, strict=True):
        parts.append("  " + " " * (width - _width(cell)) + cell)
    return "".join(parts).rstrip()


def _across(count: int, kind: str, text: str, size: str = "") -> str:
    return rf"\multicolumn{{{count + 1}}}{{{kind}}}{{{size}{_tex(text)}}} \\"


def _tex(text: str) -> str:
    return "".join(_LATEX.get(sign, sign) for sign in text)
