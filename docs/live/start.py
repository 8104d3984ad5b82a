"""What the page's Python starts from: the study's last year, as Series and DataFrames."""

import json
from pathlib import Path

import pandas as pd

import geo_resilience as gr  # noqa: F401

study = json.loads(Path("data.json").read_text(encoding="utf-8"))
values = pd.DataFrame(study["values"], study["keys"], study["codes"])
published = pd.Series(study["weights"], study["codes"], name="weight")
links = pd.Series(
    [weight for *_, weight in study["links"]],
    pd.MultiIndex.from_tuples([tuple(pair) for *pair, _ in study["links"]]),
)
shown = None


def show(found):
    """Put the result of `what_if` into the map and the table."""
    global shown
    columns = ["rank", "new_rank", "new_composite", "new_grade"]
    shown = found[columns].astype({"new_grade": str}).to_json(orient="index")
