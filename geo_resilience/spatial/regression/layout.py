"""Models side by side, as a paper's table: text, CSV, LaTeX, HTML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path

import numpy as np
import pandas as pd

from geo_resilience import words
from geo_resilience.spatial.regression.estimates import Model

__all__ = ["ComparisonTable", "compare", "stars"]

_LATEX = {"_": r"\_", "%": r"\%", "&": r"\&", "#": r"\#", "²": "$^2$", "$": r"\$"}


def stars(p: float) -> str:
    """Give *** below 0.01, ** below 0.05, * below 0.1.

    Examples
    --------
    >>> stars(0.03)
    '**'
    """
    return "".join("*" for bound in (0.1, 0.05, 0.01) if p < bound)


@dataclass(frozen=True, eq=False)
class ComparisonTable:
    """A table of models ready to print: rows of text by section.

    Parameters
    ----------
    frame : DataFrame
        Columns the models; index (section, label): sections terms, fit, tests.
    head : str
        What the columns explain.
    foot : tuple of str
        Remarks below the table.
    """

    frame: pd.DataFrame
    head: str
    foot: tuple[str, ...]

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
        section = "terms"
        for (here, label), row in self.frame.iterrows():
            if here != section:
                lines.append(rule)
                section = here
            lines.append(_line(str(label), [str(cell) for cell in row], left, widths))
        return "\n".join([*lines, rule, *self.foot])

    def __str__(self) -> str:
        return self.text()

    def to_csv(self, path: str | Path) -> None:
        """Write the table as CSV."""
        table = self.frame.reset_index()
        table.to_csv(path, index=False, encoding="utf-8", lineterminator="\n")

    def latex(self) -> str:
        """Give the table as LaTeX (booktabs)."""
        columns = "l" + "r" * self.frame.shape[1]
        lines = [rf"\begin{{tabular}}{{{columns}}}", r"\toprule"]
        lines += [" & ".join(["", *(_tex(str(name)) for name in self.frame)]) + r" \\", r"\midrule"]
        section = "terms"
        for (here, label), row in self.frame.iterrows():
            if here != section:
                lines.append(r"\midrule")
                section = here
            cells = [_tex(str(label)), *(_tex(str(cell)) for cell in row)]
            lines.append(" & ".join(cells) + r" \\")
        lines += [r"\bottomrule", r"\end{tabular}"]
        lines += [rf"% {line}" for line in (self.head, *self.foot)]
        return "\n".join(lines)

    def html(self) -> str:
        """Give the table as HTML, every text escaped."""
        head = "".join(f"<th>{escape(str(name))}</th>" for name in self.frame)
        body = []
        for (section, label), row in self.frame.iterrows():
            cells = "".join(f"<td>{escape(str(cell))}</td>" for cell in row)
            body.append(f'<tr class="{section}"><th>{escape(str(label))}</th>{cells}</tr>')
        foot = "".join(f"<p>{escape(line)}</p>" for line in self.foot)
        return (
            f'<table class="regression"><caption>{escape(self.head)}</caption>'
            f"<thead><tr><th></th>{head}</tr></thead><tbody>{''.join(body)}</tbody></table>{foot}"
        )

    def _repr_html_(self) -> str:
        return self.html()


def compare(
    models: Mapping[str, Model], *, language: str = "en", digits: int = 3
) -> ComparisonTable:
    """Set models side by side, standard errors in brackets under the estimates.

    Parameters
    ----------
    models : mapping of str to Model
        Columns by name; a blank name takes the model's kind.
    language : {"en", "zh"}
    digits : int
        Significant digits of estimates and standard errors.

    Returns
    -------
    ComparisonTable
    """
    columns = {name or _label(model.kind, language): model for name, model in models.items()}
    terms: list[str] = []
    for model in columns.values():
        terms += [term for term in model.coefficients.index if term not in terms]
    terms += [t for t in ("rho", "lambda") if any(t in m.spatial.index for m in columns.values())]
    rows: list[tuple[tuple[str, str], list[str]]] = []
    for term in terms:
        pairs = [_cells(model, term, digits) for model in columns.values()]
        shown = _label(term, language) if term in ("constant", "rho", "lambda") else term
        rows.append((("terms", shown), [pair[0] for pair in pairs]))
        rows.append((("terms", ""), [pair[1] for pair in pairs]))
    for name, values in _fit_rows(list(columns.values()), language).items():
        rows.append((("fit", _label(name, language)), values))
    tests = list(dict.fromkeys(t for m in columns.values() for t in m.tests.index))
    for test in tests:
        cells = [_test(m, test) for m in columns.values()]
        rows.append((("tests", _label(str(test), language)), cells))
    index = pd.MultiIndex.from_tuples([key for key, _ in rows], names=["section", "row"])
    frame = pd.DataFrame([cells for _, cells in rows], index=index, columns=list(columns))
    dependents = list(dict.fromkeys(model.dependent for model in columns.values()))
    head = words.say("regression.head", language, dependent=dependents)
    notes = [note.say(language) for model in columns.values() for note in model.notes]
    foot = [words.say("regression.foot", language), *dict.fromkeys(notes)]
    return ComparisonTable(frame, head, tuple(foot))


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


def _cells(model: Model, term: str, digits: int) -> tuple[str, str]:
    table = pd.concat([model.coefficients, model.spatial])
    if term not in table.index:
        return "", ""
    row = table.loc[term]
    return _number(row["estimate"], digits) + stars(row["p"]), f"({_number(row['se'], digits)})"


def _fit_rows(models: list[Model], language: str) -> dict[str, list[str]]:
    rows = {
        "method": [f"{m.method}" for m in models],
        "effects": [_label(m.effects or "none", language) for m in models],
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
    return {name: ["" if cell == "nan" else cell for cell in row] for name, row in rows.items()}


def _test(model: Model, test: str) -> str:
    if test not in model.tests.index:
        return ""
    row = model.tests.loc[test]
    value = f"{row['statistic']:.2f}"
    return value if np.isnan(row["p"]) else f"{value} [{row['p']:.3f}]"


def _width(text: str) -> int:
    """Give the columns a text takes on a terminal: two for a Chinese character."""
    from unicodedata import east_asian_width

    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)


def _line(label: str, cells: list[str], left: int, widths: list[int]) -> str:
    parts = [label + " " * (left - _width(label))]
    for cell, width in zip(cells, widths, strict=True):
        parts.append("  " + " " * (width - _width(cell)) + cell)
    return "".join(parts).rstrip()


def _tex(text: str) -> str:
    return "".join(_LATEX.get(sign, sign) for sign in text)
