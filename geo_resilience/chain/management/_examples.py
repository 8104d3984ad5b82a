"""The worked examples that come with the room."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import as_file, files

import pandas as pd

from geo_resilience.chain._records import read_records
from geo_resilience.chain.inputoutput._table import IOTable
from geo_resilience.chain.management._early_warning import COLORS, response_plan
from geo_resilience.chain.management._maturity import maturity_table
from geo_resilience.chain.management._priorities import priority_table
from geo_resilience.chain.management._risks import risk_table
from geo_resilience.chain.management._targets import target_table
from geo_resilience.errors import InputError

#: Names of the tables in example/, after their numbers in the source study.
EXAMPLES: tuple[str, ...] = tuple(f"table_4_{number}" for number in (1, 3, 4, 5, 6, 7, 8))


def read_example(name: str) -> pd.DataFrame:
    """Read one of the source study's tables of chain management.

    Parameters
    ----------
    name : str
        ``"table_4_1"`` or ``"table_4_3"`` to ``"table_4_8"``.

    Returns
    -------
    DataFrame
        The inputs as printed, by code where there is one.

    Raises
    ------
    InputError
        If there is no such table.

    Examples
    --------
    >>> read_example("table_4_6")["impact"].tolist()
    [0.867, 0.923, 0.678, 0.567, 0.789]
    """
    if name not in EXAMPLES:
        raise InputError("chain.choice", option="name", found=name, known=EXAMPLES)
    with as_file(files(__package__) / "example" / f"{name}.csv") as path:
        return read_records(path)


def example_table() -> IOTable:
    """Give the two-sector table that textbooks begin with.

    Returns
    -------
    IOTable

    References
    ----------
    .. [1] Miller, R. E. and Blair, P. D. (2009). Input-Output Analysis, 2nd ed., chapter 2.

    Examples
    --------
    >>> example_table().output.tolist()
    [1000.0, 2000.0]
    """
    codes = pd.Index(["1", "2"], name="sector")
    return IOTable(
        sectors=pd.DataFrame(
            {"name": ["Sector 1", "Sector 2"], "name_zh": ["部门1", "部门2"]}, codes
        ),
        transactions=pd.DataFrame([[150.0, 500.0], [200.0, 100.0]], codes, codes),
        final_demand=pd.DataFrame({"TFU": [350.0, 1700.0]}, codes),
        value_added=pd.DataFrame([[650.0, 1400.0]], ["TVA"], codes),
        output=pd.Series([1000.0, 2000.0], codes, name="output"),
    )


def worked_example() -> dict[str, pd.DataFrame]:
    """Give what follows from the source study's Tables 4-1 and 4-3 to 4-8."""
    made: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
        "table_4_1": target_table,
        "table_4_3": priority_table,
        "table_4_4": maturity_table,
        "table_4_5": target_table,
        "table_4_6": risk_table,
        "table_4_7": target_table,
    }
    found = {name: table(read_example(name)) for name, table in made.items()}
    levels = pd.DataFrame({"level": list(reversed(COLORS))})
    plan = response_plan(levels, read_example("table_4_8"))
    return found | {"table_4_8": plan}
