# make run       — environment, chart library, store, demonstration, site on http://127.0.0.1:8050
# make test      — make check and every test: SQLite, a real PostgreSQL, a real browser
# make test-fast — rules, structure, the store on SQLite; no PostgreSQL, no browser, no demonstration
# make test-cluster — the person-level ledger on a real Spark cluster of this machine; brings PySpark, needs Java 17
# make check     — format, lint (with security's rules), types, secrets, known vulnerabilities
# make sbom      — sbom.cdx.json: what is installed to run the site, in CycloneDX
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DEFAULT_GOAL := help
# The distribution's own Python is built to be fast; one that was compiled on the machine is a fifth slower, as a rule.
PYTHON ?= $(shell /usr/bin/python3 tools/check_python.py 2>/dev/null && echo /usr/bin/python3 || echo python3)
VENV := .venv
BIN := $(VENV)/bin
# A file's tests share what it builds, so a worker takes whole files, in the folders' order: the longest first. One more
# than cores, as many wait for a browser or another process.
PYTEST = $(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder
# pip would compile all of every package, which takes longer than the rest of its work; what is used is compiled once it is.
PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile
# What is compiled is kept: each worker and each process that a test starts would compile everything again.
export PYTHONDONTWRITEBYTECODE =
VAR := $(or $(POOLWATCH_VAR),var)

.PHONY: help run test test-fast test-cluster check sbom screenshots clean

help:
	@sed -n '1,6s/^# //p' Makefile

# Half the time of the pip that comes with Python; without it that one goes on.
$(VENV)/pip.stamp:
	@$(PYTHON) tools/check_python.py
	echo "Making the environment in $(VENV) …"
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) --upgrade 'pip>=26' || true
	touch $@

$(VENV)/run.stamp: requirements.txt | $(VENV)/pip.stamp
	@echo "Installing the packages …"
	$(PIP) -r requirements.txt || { echo "The packages of requirements.txt could not be installed; see pip's message above (is a package index reachable?)." >&2; exit 1; }
	touch $@

# Those of requirements.txt with them, found out and fetched in one go.
$(VENV)/dev.stamp: requirements-dev.txt requirements.txt | $(VENV)/pip.stamp
	@echo "Installing the packages, and the tools of check and test …"
	$(PIP) -r requirements-dev.txt || { echo "The packages of requirements-dev.txt could not be installed; see pip's message above (is a package index reachable?)." >&2; exit 1; }
	touch $(VENV)/run.stamp $@

# npm brings the cut-down chart library; without it the full one inside plotly's package is served.
$(VENV)/chart.stamp: package.json package-lock.json $(VENV)/run.stamp
	@if command -v npm >/dev/null; then npm ci --silent --no-audit --no-fund || echo "npm could not bring the chart library; the full one is served."; else echo "npm is not installed: the full chart library is served (slower first page)."; fi
	$(BIN)/python -m tools.chart_library $(VAR)
	touch $@

run: $(VENV)/run.stamp $(VENV)/chart.stamp
	@$(BIN)/python app.py

check: $(VENV)/dev.stamp
	@echo "format"; $(BIN)/ruff format --check --quiet . || { echo "Run: $(BIN)/ruff format ." >&2; exit 1; }
	echo "lint"; $(BIN)/ruff check --quiet .
	echo "secrets"; $(BIN)/python -m tools.secrets_scan
	# The index is asked while types are checked.
	$(BIN)/python -m tools.vulnerabilities & asked=$$!
	echo "types"; $(BIN)/mypy --num-workers 2
	wait $$asked

# By cyclonedx-bom, of an environment that holds what the site needs and nothing else.
sbom: $(VENV)/dev.stamp
	@$(PYTHON) -m venv $(VENV)/sbom
	$(VENV)/sbom/bin/python -m pip install --quiet --disable-pip-version-check --no-compile -r requirements.txt
	$(BIN)/python -m cyclonedx_py environment $(VENV)/sbom/bin/python --pyproject pyproject.toml --output-reproducible --of JSON -o sbom.cdx.json
	rm -rf $(VENV)/sbom
	echo "sbom.cdx.json"

test:
	@# The distribution's packages come while pip's do.
	$(PYTHON) tools/system_packages.py & packages=$$!
	$(MAKE) --no-print-directory $(VENV)/dev.stamp $(VENV)/chart.stamp
	wait $$packages
	# One process compiles, beside the check, what three workers would otherwise each compile at once.
	$(BIN)/python -m pytest --collect-only >/dev/null 2>&1 &
	$(MAKE) --no-print-directory check
	wait
	echo "tests"; $(PYTEST)

test-fast: $(VENV)/dev.stamp
	@echo "tests that need no PostgreSQL, browser or demonstration"; $(PYTEST) -m "not postgres and not browser and not demonstration"

$(VENV)/cluster.stamp: requirements-cluster.txt | $(VENV)/dev.stamp
	@echo "Installing the packages of a cluster …"
	$(PIP) -r requirements-cluster.txt
	touch $@

test-cluster: $(VENV)/cluster.stamp
	@command -v java >/dev/null || { echo "Java 17 is needed: apt-get install openjdk-17-jre-headless" >&2; exit 1; }
	$(BIN)/python -m pytest tests/spark_cluster

screenshots: $(VENV)/dev.stamp $(VENV)/chart.stamp
	@$(PYTHON) tools/system_packages.py
	$(BIN)/python -m tools.screenshots

clean:
	@rm -rf $(VENV) node_modules .pytest_cache .mypy_cache .ruff_cache .hypothesis
