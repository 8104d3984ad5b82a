"""Tables that several tests of the chain room read."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geo_resilience import chain

TESTS = Path(__file__).parents[1]
STUDY = TESTS.parent / "geo_resilience" / "study" / "example"


@pytest.fixture(scope="session")
def io_2018():
    return chain.read_io(STUDY / "io_2018.csv", year=2018)


@pytest.fixture(scope="session")
def io_2020():
    return chain.read_io(STUDY / "io_2020.csv", year=2020)


@pytest.fixture(scope="session")
def reference():
    path = TESTS / "reference" / "chain" / "reference.json"
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.fixture
def textbook():
    """Miller and Blair (2009), chapter 2: Z and x of two sectors."""
    labels = pd.Index(["agriculture", "manufacture"])
    Z = pd.DataFrame([[150.0, 500.0], [200.0, 100.0]], labels, labels)
    return Z, pd.Series([1000.0, 2000.0], labels)


def random_table(seed, n):
    """Balanced flows of n sectors: every sector has final demand and value added."""
    rng = np.random.default_rng(seed)
    A = rng.random((n, n)) * (rng.random((n, n)) < 0.7)
    A *= 0.9 * rng.random(n) / np.maximum(A.sum(axis=0), 1e-9)
    final = rng.random(n) * 100 + 1
    x = np.linalg.solve(np.eye(n) - A, final)
    labels = pd.Index([f"s{i}" for i in range(n)])
    return pd.DataFrame(A * x, labels, labels), pd.Series(x, labels), pd.Series(final, labels)


@pytest.fixture(scope="session")
def make_table():
    return random_table
