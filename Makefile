# Everything that is done with this project; `make` lists it. Needs Python 3.11 or newer, nothing else.

VENV := .venv
BIN := $(VENV)/bin
# `make PYTHON=/path/to/python3.12 …` names one; otherwise the first that will do.
PYTHONS := $(or $(PYTHON),python3 python3.13 python3.12 python3.11)
# Exact versions by hash, and wheels only: no compiler, and no code runs while installing.
PIP := $(BIN)/python -m pip --disable-pip-version-check
INSTALL := $(PIP) install -qq --require-hashes --only-binary :all:
RUNTIME := $(VENV)/.runtime-installed
DEV := $(VENV)/.dev-installed

.PHONY: help install demo serve test lint format lock openapi bench clean

help: ## list what there is to do
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-16s %s\n", $$1, $$2 }'

install: $(RUNTIME) ## what the service needs to run, into .venv
	@echo "$(BIN)/verifier is ready"

demo: $(RUNTIME) ## the whole main job, on a database of its own
	@$(BIN)/verifier demo

serve: $(RUNTIME) ## the service on http://127.0.0.1:8000
	@mkdir -p var
	@$(BIN)/verifier db upgrade
	@$(BIN)/verifier serve --with-worker

test: lint ## every check there is: style, types, imports, tests on SQLite and PostgreSQL
	@echo "==> tests on SQLite and PostgreSQL"
	@$(BIN)/pytest --numprocesses auto $(ARGS)

lint: $(DEV) ## style, types and imports only
	@echo "==> style"
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet || { echo "not formatted: run make format" >&2; exit 1; }
	@echo "==> types"
	@$(BIN)/mypy
	@echo "==> imports"
	@$(BIN)/lint-imports --no-logo

format: $(DEV) ## put the code into its one format
	@$(BIN)/ruff check --quiet --fix-only
	@$(BIN)/ruff format

lock: $(DEV) ## pin what pyproject.toml asks for (ARGS=--upgrade for newer versions)
	@$(COMPILE) --group build --output-file requirements.lock
	@$(COMPILE) --group build --group dev --constraint requirements.lock --output-file requirements-dev.lock
	@$(BIN)/python -m tests.clients.node lock

COMPILE = $(BIN)/uv pip compile pyproject.toml --quiet $(ARGS) --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --custom-compile-command "make lock"

openapi: $(RUNTIME) ## write openapi.json anew
	@$(BIN)/verifier openapi > openapi.json.new && mv openapi.json.new openapi.json

bench: $(DEV) ## measure; benchmarks/README.md says what
	@$(BIN)/python -m benchmarks $(ARGS)

clean: ## remove what make has built; data stay
	@rm -rf $(VENV) build dist *.egg-info .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache

$(RUNTIME): requirements.lock pyproject.toml | $(BIN)/python
	@echo "==> installing the service into $(VENV)"
	@$(INSTALL) --requirement requirements.lock
	@$(PIP) install -qq --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV): requirements-dev.lock tests/clients/package-lock.json pyproject.toml | $(BIN)/python
	@echo "==> installing the service and its tools into $(VENV): half a minute, once"
	@$(INSTALL) --requirement requirements-dev.lock
	@$(PIP) install -qq --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m tests.clients.node
	@touch $(RUNTIME) $@

$(BIN)/python:
	@for python in $(PYTHONS); do \
		$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
		recent=$$python; \
		$$python -c 'import ensurepip, venv' 2>/dev/null || continue; \
		echo "==> $$($$python --version) in $(VENV)"; \
		$$python -m venv --clear $(VENV) && exit 0; \
		rm -rf $(VENV); exit 1; \
	done; \
	if [ -n "$$recent" ]; then \
		echo "$$recent cannot make virtual environments. On Debian and Ubuntu: sudo apt install python3-venv" >&2; \
	else \
		echo "Python 3.11 or newer is needed; looked for: $(PYTHONS). Name another with make PYTHON=/path/to/python3.12" >&2; \
	fi; \
	exit 1
