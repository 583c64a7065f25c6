# What people type. `make` alone lists it.
PYTHON ?= python3
PORT ?= 8080
DATA ?= .shouwen
ARGS ?=
# Two processes share the files of tests; WORKERS= runs them in one.
WORKERS ?= -n 2 --dist loadfile

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
UV_VERSION := 0.13.9
PLACES := services shared shouwen tests bench
# The browser and container suites need root and belong to .ci/run.
SUITES := $(wildcard tests/unit tests/contract tests/scenarios tests/simulation tests/integration tests/e2e)

.DEFAULT_GOAL := help
.PHONY: help run setup test bench check format docs lock clean

help:  ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST)

run: $(READY)  ## start everything; options: PORT=8080 DATA=.shouwen ARGS=
	@exec $(BIN)/shouwen up --port "$(PORT)" --data "$(DATA)" $(ARGS)

setup: $(READY)  ## make .venv from requirements.lock

test: $(READY)  ## run the tests against real NATS and PostgreSQL; ARGS= goes to pytest
	@$(BIN)/python -m pytest $(WORKERS) $(SUITES) $(ARGS)

bench: $(READY)  ## measure every path beside its floor; ARGS="--quick" or "--only intake,outbox"
	@$(BIN)/python -m bench $(ARGS)

check: $(READY)  ## format, lint, types, import contracts
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(READY)  ## rewrite the sources as check wants them
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix-only --quiet .

docs: $(READY)  ## rewrite the documents that follow from the code
	@$(BIN)/python -m shouwen.documenting

lock: $(READY)  ## pin the newest versions pyproject.toml allows
	@$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	  --no-annotate --no-header --group dev pyproject.toml -o requirements.lock

clean:  ## forget .venv and every cache, never a data directory
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find $(PLACES) -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

$(READY): requirements.lock pyproject.toml
	@command -v "$(PYTHON)" >/dev/null || { \
	  echo "找不到 $(PYTHON)。请安装 Python 3.11 以上，或用 make PYTHON=… 指明。"; \
	  echo "$(PYTHON) was not found. Install Python 3.11 or newer, or name one: make PYTHON=..."; exit 1; } >&2
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "$(PYTHON) 版本过旧，需要 Python 3.11 以上；可用 make PYTHON=python3.12 指明另一个。"; \
	  echo "$(PYTHON) is too old: Python 3.11 or newer is needed; name another with make PYTHON=python3.12."; \
	  exit 1; } >&2
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "这个 Python 缺少 venv 模块；Debian 或 Ubuntu 上请安装 python3-venv。"; \
	  echo "This Python lacks venv; on Debian or Ubuntu install python3-venv."; exit 1; } >&2
	@test -x $(BIN)/uv || echo "首次安装，不到一分钟…  Setting up once, less than a minute..."
	@test -x $(BIN)/python || "$(PYTHON)" -m venv $(VENV)
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@
