# make run · test · lint · dev · bench — every target sets up what it needs.
PYTHON ?= python3
BIN := .venv/bin
KPI := $(BIN)/kpi
A_FILE_PER_CORE := -n logical --dist loadfile

.PHONY: help setup run test lint dev bench faults clean
.DEFAULT_GOAL := help

help:  ## say what there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*##/\t/' | expand -t 12

setup: .venv/ready  ## make the environment

.venv/ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(not (3, 11) <= v[:2] < (3, 14))' \
	  || { echo "Python 3.11, 3.12 or 3.13 is needed: make PYTHON=python3.12 run"; exit 1; }
	@echo "setting up the environment in .venv: about a minute, once"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.venv/ready-dev: .venv/ready requirements-dev.lock
	@echo "adding what tests and lint need"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

run: .venv/ready  ## load, check, compute, publish: the demo company, or KPI_CONFIG
	@$(KPI) run

test: .venv/ready-dev  ## every test, one file a core
	@$(BIN)/python -m pytest $(A_FILE_PER_CORE) $(PYTEST_ARGS)

lint: .venv/ready-dev  ## ruff, types, SQL style, definitions, compiled SQL up to date
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/sqlfluff lint --processes 2 --disable-progress-bar dbt_project/models dbt_project/tests
	$(KPI) validate
	$(KPI) compile --check

dev: .venv/ready-dev  ## Dagster's web page on http://127.0.0.1:3000
	@$(KPI) compile
	@DAGSTER_HOME=$(CURDIR)/data/dagster $(BIN)/dagster dev -h 127.0.0.1 -w workspace.yaml

bench: .venv/ready-dev  ## seconds, CPU and memory of a run, of each kind of source, of the checks and of the compiled SQL, as docs/performance.md records them
	@$(BIN)/python -m bench.run
	@$(BIN)/python -m bench.ingest
	@$(BIN)/python -m bench.ingest --large
	@$(BIN)/python -m bench.databases
	@$(BIN)/python -m bench.rest
	@$(BIN)/python -m bench.gate
	@$(BIN)/python -m bench.catalogue
	@$(BIN)/python -m bench.goals
	@$(BIN)/python -m bench.serving

faults: .venv/ready-dev  ## the full fault suite (minutes)
	@$(BIN)/python -m pytest $(A_FILE_PER_CORE) -m faults $(PYTEST_ARGS)

clean:  ## remove what runs made (data/) – sources and definitions stay
	rm -rf data dbt_project/target dbt_project/logs
