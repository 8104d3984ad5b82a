"""Folders that several files of tests begin with."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo_resilience.study import _folder as folder_file


@pytest.fixture(params=["exchanged", "in steps"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "in steps":
        monkeypatch.setattr(folder_file, "exchange", lambda first, second: False)
    return request.param


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "table.csv").write_text("code,year\n", encoding="utf-8")
    return tmp_path
