# The only commands a newcomer types: make demo, make test. Each sets up what it needs.
# slow: the tests that make test leaves out, and more examples of those that try many.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Not compiled: Python compiles what it imports, a quarter of all that is installed.
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile -c constraints.txt

# page: for those who change the modules in geo_resilience/maps/atlas/assets; needs node and npm.
# metadata: CITATION.cff, codemeta.json and the recipe. release: KEY=~/.ssh/id_ed25519 signs, TRY=--dry-run only tries.
.PHONY: demo test slow check docs maps page bench boundaries metadata release clean

demo: $(VENV)/.ready
	$(BIN)/geo-resilience run

test: $(VENV)/.ready-dev
	$(BIN)/python -m pytest

slow: $(VENV)/.ready-dev
	HYPOTHESIS_PROFILE=thorough $(BIN)/python -m pytest -m 'slow or hypothesis'
	$(BIN)/python -m pytest -o addopts= --nbmake --nbmake-timeout=600 examples

check: $(VENV)/.ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy --strict tests/typed
	$(BIN)/lint-imports
	$(BIN)/python -m pytest --doctest-modules geo_resilience -p no:cacheprovider

docs: $(VENV)/.ready-dev
	$(BIN)/python docs/build.py
	$(BIN)/python -m docs.builder

maps: $(VENV)/.ready
	$(BIN)/python maps/build.py

page:
	$(PYTHON) maps/page.py

bench: $(VENV)/.ready-dev
	$(BIN)/python -m pip install --quiet --no-deps --upgrade --target build/peers numba llvmlite plotly narwhals pygeoda
	PYTHONPATH=build/peers $(BIN)/python benchmarks/performance.py
	$(BIN)/python docs/performance_curves.py

boundaries: $(VENV)/.ready
	$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[boundaries]'
	$(BIN)/python boundaries/build.py

metadata:
	$(PYTHON) release/metadata.py

release: $(VENV)/.ready-dev
	$(BIN)/python release/release.py $(if $(KEY),--key $(KEY)) $(TRY)

$(VENV)/.ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(INSTALL) -e .
	touch $@

$(VENV)/.ready-dev: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(INSTALL) -e '.[dev]'
	touch $(VENV)/.ready $@

clean:
	rm -rf $(VENV)
