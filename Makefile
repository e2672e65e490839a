# `make run` shows a briefing, `make test` runs every test; both set up what they need in .venv.
PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help setup run test coverage lint bench lock clean

help:  ## this list
	@sed -nE 's/^([a-z]+):.*## (.*)/  make \1	\2/p' $(MAKEFILE_LIST)

.venv/.runtime: requirements.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12 …")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --no-build-isolation --no-deps --editable .
	touch $@

.venv/.dev: requirements-dev.txt .venv/.runtime
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.txt
	touch $@

# Without a registry the tests that need Node's servers skip, and the next run tries again.
.venv/.node: tests/node/package-lock.json tests/node/install.py .venv/.dev
	$(BIN)/python tests/node/install.py && touch $@ || true

setup: .venv/.runtime  ## make the virtual environment and install what the bot needs

run: setup  ## poll the feeds and show a briefing in the terminal
	$(BIN)/bot once

test: .venv/.dev .venv/.node  ## run every test
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal

coverage: .venv/.dev .venv/.node  ## run every test and show which lines and branches of bot/ none of them reached
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal --cov --cov-report term:skip-covered --cov-report html

lint: .venv/.dev  ## ruff, mypy --strict, import-linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict bot/
	$(BIN)/lint-imports

bench: .venv/.dev  ## every benchmark in ten minutes: a table, and bench/results/figures.json
	$(BIN)/python -m bench

lock:  ## pin the newest versions that fit, with hashes and without index addresses (needs uv)
	uv pip compile pyproject.toml --group build --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-annotate --no-header --upgrade -o requirements.txt
	uv pip compile pyproject.toml --group build --group dev --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-annotate --no-header --constraint requirements.txt -o requirements-dev.txt

clean:  ## remove the virtual environment and caches
	rm -rf .venv tests/node/node_modules .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
