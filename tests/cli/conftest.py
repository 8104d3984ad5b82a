"""The small study that commands are tried on, in a folder to work in."""

from __future__ import annotations

from pathlib import Path

import pytest
from studies_for_tests import Study


def laid(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "study").mkdir()
    return Study(tmp_path / "study")


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    return laid(tmp_path, monkeypatch)


@pytest.fixture
def provinces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    """The same without an analysis."""
    return laid(tmp_path, monkeypatch).bare()
