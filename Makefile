SHELL := /bin/sh
PY := .venv/bin/python
.DEFAULT_GOAL := help
SALES := ../shared/data/uci_online_retail/online_retail.csv.gz
.PHONY: help install demo replay test test-fast soak bench bench-routing lint screens messages lock clean

help:  ## Show the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' Makefile | expand -t 16

install: .venv/installed  ## Build .venv from the hash-pinned requirements

.venv/installed: requirements/test.txt .ci/environment
	@sh .ci/environment requirements/test.txt
	@touch .venv/installed .venv/serving

.venv/serving: requirements/app.txt .ci/environment
	@sh .ci/environment requirements/app.txt
	@touch .venv/serving

demo: .venv/serving  ## Run the whole market on this machine, with generated data
	@$(PY) -m marketplace.operators.demo --with-parent

replay: install  ## Sell a real year of invoices from nothing, and verify it (FILE=, LIMIT=N)
	@.venv/bin/flask replay market "$(or $(FILE),$(SALES))" $(if $(LIMIT),--limit $(LIMIT))

test: install  ## Run every test, browser journeys included
	@sh .ci/browser
	@$(PY) -m pytest

test-fast: install  ## Run the tests that need no browser
	@$(PY) -m pytest --ignore tests/browser

soak: install  ## Run the random tests at their full figures (long)
	@SOAK=1 $(PY) -m pytest -s tests/storm tests/properties tests/concurrency tests/fuzz

bench: install  ## Measure pages, checkout, import, start and memory beside the limit
	@$(PY) -m tests.bench $(if $(SCALE),--scale)

bench-routing: install  ## Measure the solver on its families of problems
	@.venv/bin/flask routing bench --chart docs/routing.svg

lint: install  ## Check style, floors, types and what is known to be unsafe
	@.venv/bin/ruff check . && .venv/bin/lint-imports && .venv/bin/mypy && .venv/bin/bandit -q -r -lll marketplace sellers resellers manufacturers migrations wsgi.py

screens: install  ## Take the README's pictures from the demo that runs
	@$(PY) -m tests.browser.screens

messages: install  ## Gather the texts of pages into the translations, and compile them
	@sh .ci/messages

lock:  ## Pin the requirements again (needs uv)
	@uv pip compile pyproject.toml --generate-hashes --universal --python-version 3.11 --no-emit-index-url --no-annotate --no-header -q -o requirements/app.txt
	@uv pip compile pyproject.toml --extra test --generate-hashes --universal --python-version 3.11 --no-emit-index-url --no-annotate --no-header -q -o requirements/test.txt

clean:  ## Remove the environment and all data of this checkout
	@[ ! -f var/servers.path ] || rm -rf "$$(cat var/servers.path)"
	@rm -rf .venv var
