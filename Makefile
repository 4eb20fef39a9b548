# Everything runs in .venv, made here from hash-locked requirements. Nothing is installed outside of it, but for
# chromium by `make test`, and only where that is root's business anyway.

SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input -q
DEMO ?= 1
WORKERS ?= auto

.PHONY: help install install-dev run test test-postgresql lint format messages bench bench-search screenshots pictures barriers chromium lock clean

help:
	@echo "make run          prepare everything and serve on http://127.0.0.1:8000 (DEMO=0: without the demonstration centre)"
	@echo "make test         run every test"
	@echo "make test-postgresql   run the tests of rules and pages on PostgreSQL (apt install postgresql)"
	@echo "make lint         run the checks that CI runs"
	@echo "make messages     collect what the pages say into the catalogues, and compile them"
	@echo "make bench        measure the figures of bench/README.md"
	@echo "make bench-search measure the search beside other engines, into bench/results.md"
	@echo "make screenshots  save the main pages as pictures, by role, in screenshots/ (LANGUAGE=en: in another language)"
	@echo "make pictures     renew the pictures of the tour and the guides, in docs/pictures/"
	@echo "make barriers     look for barriers on every kind of page, in every language, light and dark"
	@echo "make lock         pin the requirements anew"
	@echo "make clean        remove what the targets above made, but for the instance"

install: $(VENV)/.base

install-dev: $(VENV)/.dev

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "Python 3.11 or later is needed (apt install python3), or: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "The module venv is missing: apt install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.base: requirements/base.txt setup.cfg | $(VENV)/bin/python
	$(PIP) install --require-hashes -r requirements/base.txt
	$(BIN)/python .ci/link_console.py
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.base
	$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@

run: install
	@$(BIN)/repository init
	@if [ "$(DEMO)" != 0 ]; then $(BIN)/repository demo --if-empty >/dev/null; fi  # serve shows the accounts
	@exec $(BIN)/repository serve

# The browser tests take a chromium that is there, and what drives it needs libatomic; root on Debian or Ubuntu may get both.
BROWSER := command -v chromium chromium-browser >/dev/null && \
  $(PYTHON) -c 'import ctypes; ctypes.CDLL("libatomic.so.1")' 2>/dev/null

chromium:
	@if ! { $(BROWSER); } && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "Installing chromium for the browser tests…"; \
	  apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends chromium libatomic1 || true; \
	fi
	@if ! { $(BROWSER); }; then \
	  echo "NO CHROMIUM, or no libatomic: the browser tests will be skipped (apt install chromium libatomic1)." >&2; \
	  [ "$${CI:-}" != true ] || exit 1; \
	fi

# A worker takes few tests at a time: the journeys, which come first, are shared out, and all end together. What Python
# compiles is kept, wherever the machine's habit is not to: each worker, and each server that a test starts, compiles all else.
test: export PYTHONDONTWRITEBYTECODE :=
test: install-dev chromium
	$(BIN)/python -m pytest -n $(WORKERS) --maxschedchunk=4 -rs

# On SQLite all tests run; these on PostgreSQL too, by hand, before a release. Each test has a database of its own.
ON_POSTGRESQL ?= tests/core/rules tests/core/web tests/plugins tests/core/test_backup.py tests/core/test_checking.py \
  tests/core/test_migrations.py tests/core/test_worker.py tests/core/test_results.py

test-postgresql: install-dev
	$(PIP) install 'psycopg[binary]'
	.ci/postgresql $(BIN)/python -m pytest -n $(WORKERS) -rs $(ON_POSTGRESQL)

lint: install-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy repository plugins bench wsgi.py
	$(BIN)/lint-imports

format: install-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# One catalogue for the core and one for each plugin, so that a plugin takes its words along. What nobody says any more
# goes; what is new comes in untranslated, and a test says so. LANGUAGES="en sv de fr" begins another language.
# Without it only catalogues that are there are kept up: one half done says its missing plurals in Portuguese.
LANGUAGES ?= en sv de

messages: install
	@set -e; pot=$$(mktemp); trap 'rm -f $$pot' EXIT; \
	for folder in repository $$(ls -d plugins/*/ | grep -v __); do \
	  $(BIN)/pybabel -q extract -F babel.cfg --project=Partilha --add-location=file --sort-by-file --width=120 -o $$pot $${folder%/}; \
	  grep -q '^#: ' $$pot || continue; \
	  for language in $(LANGUAGES); do \
	    [ "$(origin LANGUAGES)" != file ] || [ -d $${folder%/}/translations/$$language ] || continue; \
	    $(BIN)/pybabel -q update -i $$pot -d $${folder%/}/translations -l $$language --init-missing --ignore-obsolete \
	      --no-fuzzy-matching --ignore-pot-creation-date --width=120; \
	    $(BIN)/pybabel -q compile -d $${folder%/}/translations -l $$language; \
	  done; \
	done

bench: install-dev chromium
	$(PIP) install --require-hashes -r requirements/bench.txt
	$(BIN)/python -m bench

# Beside tantivy, SQLite's FTS5 and plain Whoosh; an hour for SIZES="2000 20000".
SIZES ?= 2000
bench-search: install-dev
	$(PIP) install --require-hashes -r requirements/bench.txt
	$(BIN)/python -m bench.search $(SIZES)

LANGUAGE := pt-PT
screenshots: install-dev chromium
	$(BIN)/python -m bench.screenshots screenshots --language $(LANGUAGE)

pictures: install-dev chromium
	$(BIN)/python -m bench.screenshots docs/pictures --docs

# Each kind of page in each language and scheme, and every form sent empty; twenty minutes.
barriers: install-dev chromium
	$(BIN)/python -m bench.barriers

# uv resolves for every platform and Python at once, which pip does not; it lives in an environment of its own.
lock: | $(VENV)/bin/python
	$(PYTHON) -m venv $(VENV)/tools
	$(VENV)/tools/bin/python -m pip --disable-pip-version-check --no-input -q install uv
	$(VENV)/tools/bin/uv pip compile setup.cfg --python-version 3.11 --universal --generate-hashes --no-emit-index-url --upgrade -o requirements/base.txt
	$(VENV)/tools/bin/uv pip compile setup.cfg --extra dev --constraint requirements/base.txt --python-version 3.11 --universal --generate-hashes --no-emit-index-url --upgrade -o requirements/dev.txt
	$(VENV)/tools/bin/uv pip compile setup.cfg --extra bench --constraint requirements/dev.txt --python-version 3.11 --universal --generate-hashes --no-emit-index-url --upgrade -o requirements/bench.txt

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis screenshots build dist *.egg-info
	find . -name __pycache__ -not -path './.git/*' -prune -exec rm -rf {} +
