"""An input-output table: what it holds, whether it balances, and imports set apart."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError, Problems
from geo_resilience.notes import Note
from geo_resilience.statistics._arrays import Array
from geo_resilience.text import Text


@dataclass(frozen=True, eq=False)
class IOTable:
    """An input-output table of n sectors, rows selling to columns, in one money unit.

    Parameters
    ----------
    sectors : DataFrame, index sector codes
        Columns name, name_zh.
    transactions : DataFrame, shape (n, n)
        Domestic flows where imports stand apart, else total flows (competitive).
    final_demand : DataFrame, shape (n, f)
        By category, of the same products.
    value_added : DataFrame, shape (v, n)
        Primary inputs by sector.
    output : Series, length n
        Gross outputs.
    imports : DataFrame, shape (n, n) or (1, n), or None
        Imported transactions by product, or one row of imported inputs.
    imports_final : DataFrame, shape (n, f), or None
        Imported final goods by category.
    competing : Series, length n, or None
        Imports by product of a competitive table (0 or above), to be taken from its uses.
    error : Series, length n, or None
        The statistical discrepancy that the office prints.
    year : int or None
    unit : str
    source : str
        File.
    notes : tuple of Note
        Negative cells that accounts allow, and other things to know.
    """

    sectors: pd.DataFrame
    transactions: pd.DataFrame
    final_demand: pd.DataFrame
    value_added: pd.DataFrame
    output: pd.Series
    imports: pd.DataFrame | None = None
    imports_final: pd.DataFrame | None = None
    competing: pd.Series | None = None
    error: pd.Series | None = None
    year: int | None = None
    unit: str = ""
    source: str = ""
    notes: tuple[Note, ...] = ()

    @property
    def codes(self) -> list[str]:
        """Sector codes, in the table's order."""
        return list(self.sectors.index)

    @property
    def kind(self) -> str:
        """``"apart"`` where imports stand by product, ``"competitive"`` else."""
        return "apart" if self.by_product else "competitive"

    @property
    def by_product(self) -> bool:
        """Whether imported flows are known by product."""
        return self.imports is not None and len(self.imports) == len(self.transactions)

    @property
    def total_flows(self) -> pd.DataFrame:
        """Domestic and imported transactions together: the total technology."""
        if self.imports is not None and self.by_product:
            return self.transactions + self.imports
        return self.transactions

    @property
    def net_exports(self) -> pd.Series:
        """Exports minus imports by product (0 where neither is known)."""
        exports = self.final_demand.get("EX", pd.Series(0.0, self.output.index))
        return exports - self.product_imports

    @property
    def product_imports(self) -> pd.Series:
        """Imports by product, for whatever use (0 where they are not known)."""
        if self.imports is not None and self.by_product:
            bought = self.imports.sum(axis=1)
            return bought if self.imports_final is None else bought + self.imports_final.sum(axis=1)
        return pd.Series(0.0, self.output.index) if self.competing is None else self.competing

    @property
    def income(self) -> pd.Series | None:
        """Compensation of employees, where the table has it."""
        return self.value_added.loc["VA001"] if "VA001" in self.value_added.index else None

    def names(self, language: str = "en") -> pd.Series:
        """Give the sectors' names; the code where there is none."""
        rows = self.sectors.to_dict("index").items()
        return pd.Series(
            [Text.of(row, "name")[language] or code for code, row in rows], self.sectors.index
        )


def _imported_inputs(table: IOTable) -> Array | float:
    return 0.0 if table.imports is None else table.imports.sum(axis=0).to_numpy()


def balance(table: IOTable) -> pd.DataFrame:
    """Give the residual of every row and column of a table.

    Row: ``sum_j z_ij + f_i - imports_i + error_i - x_i`` (imports where they compete). Column:
    ``sum_i z_ij + imported inputs_j + value added_j - x_j``.
    """
    x = table.output.to_numpy(dtype=float)
    uses = (table.transactions.sum(axis=1) + table.final_demand.sum(axis=1)).to_numpy()
    for part, sign in ((table.competing, -1.0), (table.error, 1.0)):
        if part is not None:
            uses = uses + sign * part.to_numpy()
    inputs = (table.transactions.sum(axis=0) + table.value_added.sum(axis=0)).to_numpy()
    inputs = inputs + _imported_inputs(table)
    with np.errstate(divide="ignore", invalid="ignore"):
        row_share = np.where(x != 0, (uses - x) / x, np.nan)
        column_share = np.where(x != 0, (inputs - x) / x, np.nan)
    return pd.DataFrame(
        {
            "output": x,
            "uses": uses,
            "row_residual": uses - x,
            "inputs": inputs,
            "column_residual": inputs - x,
            "row_share": row_share,
            "column_share": column_share,
        },
        index=table.output.index,
    )


def checked_balance(table: IOTable, *, tolerance: float = 1e-3) -> pd.DataFrame:
    """Give the balance, or say which rows and columns do not balance and by how much."""
    found = balance(table)
    problems = Problems()
    for kind, key in (("row", "chain.unbalanced_row"), ("column", "chain.unbalanced_column")):
        residual = found[f"{kind}_residual"]
        for code in found.index[residual.abs() > tolerance * found["output"].abs()]:
            problems.add(
                key,
                file=table.source or "Z",
                sector=code,
                residual=f"{residual[code]:+,.6g}",
                output=f"{found.at[code, 'output']:,.6g}",
                share=f"{found.at[code, f'{kind}_share']:+.3%}",
                tolerance=f"{tolerance:.3%}",
            )
    problems.raise_if_any()
    return found


def imports_apart(table: IOTable) -> IOTable:
    """Set the imports of a competitive table apart, in proportion to every use but exports.

    The import share ``m_i = M_i / (uses of i but exports)`` is the same for every use of a product:
    an assumption, since the table does not say who uses the imports.

    References
    ----------
    .. [1] Miller, R. E. and Blair, P. D. (2009). Input-Output Analysis, 2nd ed., chapter 4.
    """
    if table.by_product:
        return table
    if table.competing is None:
        raise InputError("chain.no_imports", file=table.source or "Z")
    home = table.final_demand.drop(columns="EX", errors="ignore")
    used = table.transactions.sum(axis=1) + home.sum(axis=1)
    problems = Problems()
    for code in used.index[table.competing > used * (1 + 1e-9)]:
        problems.add(
            "chain.imports_exceed",
            sector=code,
            imports=f"{table.competing[code]:g}",
            uses=f"{used[code]:g}",
        )
    problems.raise_if_any()
    share = (table.competing / used.where(used != 0)).fillna(0.0)
    imports, final = table.transactions.mul(share, axis=0), home.mul(share, axis=0)
    domestic = table.final_demand.copy()
    domestic[home.columns] = home - final
    note = Note("chain.imports_proportional", where=table.source)
    return replace(
        table,
        transactions=table.transactions - imports,
        final_demand=domestic,
        imports=imports,
        imports_final=final,
        competing=None,
        notes=(*table.notes, note),
    )


def set_apart(table: IOTable) -> IOTable:
    """Give a table with its imports apart where they compete and that can be done."""
    if table.by_product or table.competing is None:
        return table
    try:
        return imports_apart(table)
    except InputError:
        return replace(table, notes=(*table.notes, Note("chain.imports_stay", where=table.source)))
