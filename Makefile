# Each target is one command on a machine that has only Python >= 3.11, make and git.
.DEFAULT_GOAL := help
.PHONY: help demo test test-sqlite test-long test-newest chaos e2e wheel validate lint format docs screenshots bench clean

BIN := .venv/bin
MANAGE := $(BIN)/python site/manage.py
# Tests run in this many processes, each with a database of its own.
WORKERS ?= 2
export PORT RESET DATABASE_URL REDIS_URL EMAIL_URL BASE_URL CHROMIUM PYTHON
export PYTHONUNBUFFERED := 1
# Tests and the demo start many processes. Each would compile every module anew.
unexport PYTHONDONTWRITEBYTECODE
# What needs more than the servers that the tests start, or very long, has a command of its own.
QUICK := not e2e and not wheel and not validate and not long
# An empty value is no value: the programs ask whether the variable is there.
$(foreach name,PORT RESET DATABASE_URL REDIS_URL EMAIL_URL BASE_URL CHROMIUM PYTHON,$(if $($(name)),,$(eval unexport $(name))))

help:  ## Show this list
	@grep -E '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F '\t' '{printf "  make %-12s %s\n", $$1, $$2}'

# The files here are stamps: a second start finds them newer than the lock and goes straight on.
.venv/.ready-demo: pyproject.toml uv.lock scripts/environment
	@scripts/environment --extra demo --no-default-groups
	@touch $@

.venv/.ready-dev: pyproject.toml uv.lock scripts/environment
	@scripts/environment --extra demo --group dev
	@touch $@

.venv/.ready-bench: .venv/.ready-dev
	@scripts/environment --extra demo --group dev --group peers
	@touch $@

demo: .venv/.ready-demo  ## Run the site on this machine (PORT=8000, RESET=1 starts over)
	@cd site && exec ../$(BIN)/python -m program_site.demo

test: .venv/.ready-dev  ## Run the tests on a real PostgreSQL and Valkey
	@$(BIN)/python -m pytest -m "$(QUICK)" -n $(WORKERS) $(ARGS)

test-sqlite: .venv/.ready-dev  ## Run the same tests on SQLite
	@TEST_DATABASE=sqlite $(BIN)/python -m pytest -m "$(QUICK)" -n $(WORKERS) $(ARGS)

test-long: .venv/.ready-dev  ## Search through very much: years, reviews at random, all rights
	@$(BIN)/python -m pytest -m long -n $(WORKERS) $(ARGS)

test-newest: .venv/.ready-dev  ## Run each test once on SQLite, the newest Python and Django
	@scripts/newest -m "$(QUICK)" --once -n $(WORKERS) $(ARGS)

chaos: .venv/.ready-dev  ## Kill the processes of a running site; nothing may be lost or doubled
	@PYTHONPATH=site $(BIN)/python -m tests.chaos $(ARGS)

e2e: .venv/.ready-dev  ## Use the site in a real Chromium (CHROMIUM=/path/to/it)
	@chromium=$$(scripts/chromium) && CHROMIUM="$$chromium" $(BIN)/python -m pytest -m e2e tests/e2e -n $(WORKERS) $(ARGS)

wheel: .venv/.ready-dev  ## Install the built wheel into a new Wagtail project, as the README says
	@$(BIN)/python -m pytest -m wheel tests/wheel $(ARGS)

validate: .venv/.ready-dev  ## Show feeds, structured data and the TypeScript client to others' validators
	@$(BIN)/python -m pytest -m validate tests/validators $(ARGS)

lint: .venv/.ready-dev  ## Check style, types, templates, migrations and the production settings
	@scripts/lint

format: .venv/.ready-dev  ## Put the source into its usual shape
	@$(BIN)/ruff check --fix . && $(BIN)/ruff format .

docs: .venv/.ready-dev  ## Write the pages that are made from the code
	@$(BIN)/python scripts/settings_reference.py

screenshots: .venv/.ready-dev  ## Take the pictures of the editors' guide in a demo of its own (CHROMIUM=…)
	@chromium=$$(scripts/chromium) && CHROMIUM="$$chromium" $(BIN)/python -m scripts.screenshots $(ARGS)

bench: .venv/.ready-bench  ## Measure mail, form, sweep and more, and write docs/benchmarks.md
	@$(BIN)/python -m benchmarks $(ARGS)

clean:  ## Remove the environment and all caches (the demo's data stay: see RESET=1)
	@rm -rf .venv .venv-newest .pytest_cache .ruff_cache .mypy_cache .hypothesis dist build site/static
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
