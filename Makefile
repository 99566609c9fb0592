# The only commands to know. Each makes what it needs first; what is made already is left alone.
#
#   make run      start Liulian on http://127.0.0.1:8000     make bench    measure, beside nginx
#   make test     the whole test suite                       make fuzz     odd requests, odd pictures
#   make check    linters, types, import rules, limits       make faults   a hundred kills
#   make fmt      put code into its common form              make docs     write docs/settings.md and docs/api.md
#   make setup    everything `make run` needs                make lock     choose versions anew (UPGRADE=1: the newest)

PY ?= python3
VENV := .venv
BIN := $(VENV)/bin
DONE := $(VENV)/done
UV := $(BIN)/python -m tools.uv pip
INSTALL := $(UV) install --quiet --python $(BIN)/python
SITE := src/liulian/web/static/.vite/manifest.json

MAKEFLAGS += --no-builtin-rules
.SUFFIXES:
.DELETE_ON_ERROR:
.PHONY: run test check bench bench-smoke docs fmt setup fuzz faults lock

# exec: the program takes the place of the shell, so that a signal to make reaches it at once.
run: setup
	@exec $(BIN)/liulian serve

setup: $(DONE)/run $(SITE)

# A file's tests stay together, because they share servers; more than four at once would wait for each other's disks.
test: $(DONE)/dev $(SITE)
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile

check: $(DONE)/dev $(DONE)/npm
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache --no-logo
	$(BIN)/python -m tools.limits
	$(BIN)/python -m tools.check_tree
	$(BIN)/python -m tools.api_types
	$(BIN)/python -m tools.node run check

fmt: $(DONE)/dev
	$(BIN)/ruff check --fix-only
	$(BIN)/ruff format

docs: $(DONE)/dev
	$(BIN)/python -m tools.make_docs

bench bench-smoke: $(DONE)/dev $(SITE)
	$(BIN)/python -m benches $(if $(filter bench-smoke,$@),--smoke)

fuzz: $(DONE)/dev
	$(BIN)/python -m benches.fuzz
	$(BIN)/python -m benches.fuzz_images --images 50000

faults: $(DONE)/dev $(SITE)
	LIULIAN_KILLS=100 $(BIN)/python -m pytest -o faulthandler_timeout=3600 tests/faults

# Hashes of every published file for Python 3.11 and up, and no address: they come from whichever index is set.
lock: $(DONE)/uv
	for name in uv node run dev; do \
	  $(UV) compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-emit-index-url \
	    --no-emit-find-links --custom-compile-command "make lock" $(if $(UPGRADE),--upgrade) \
	    requirements/$$name.in -o requirements/$$name.txt || exit 1; \
	done

$(DONE)/uv: requirements/uv.txt
	@$(PY) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Liulian needs Python 3.11 or newer: make PY=python3.12 …")'
	@$(PY) -m venv $(VENV) || { echo "$(PY) cannot make a virtual environment (on Debian: apt install python3-venv)." >&2; exit 1; }
	@echo "Installing packages (once)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@mkdir -p $(@D) && touch $@

# Compiled now, because a start that has to compile takes a second longer, and some systems never keep what they compile.
$(DONE)/run: requirements/run.txt pyproject.toml $(DONE)/uv
	@$(INSTALL) --compile-bytecode --require-hashes -r $<
	@$(INSTALL) --no-build-isolation --no-deps -e .
	@$(BIN)/python -m compileall -q src/liulian
	@touch $@

$(DONE)/dev: requirements/dev.txt $(DONE)/run
	@$(INSTALL) --require-hashes -r $<
	@touch $@

$(DONE)/npm: frontend/package-lock.json frontend/package.json $(DONE)/uv
	@echo "Installing the front end's packages (once)"
	@$(BIN)/python -m tools.node ci --loglevel=error
	@touch $@

$(SITE): $(DONE)/npm src/liulian/qr/kinds.json $(shell find frontend -name node_modules -prune -o -name schema.d.ts -o -type f -print)
	@$(BIN)/python -m tools.node run --silent build
