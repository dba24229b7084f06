# Two commands for everybody: `make run` and `make test`. The rest is for those who work on Rolodock.
# Plain enough for the make 3.81 that macOS brings.

SHELL := /bin/sh
VENV := .venv
PYTHON := $(VENV)/bin/python
PIP := $(PYTHON) -m pip --disable-pip-version-check --quiet
SOURCES := api workers models dashboard
EVERYTHING := $(SOURCES) tests $(wildcard benchmarks examples)
# Whatever the environment says, what was compiled is kept: each process would compile all of it again at its start.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: run test check bench chaos lock schema screenshot clean

run: $(VENV)/.runtime
	@exec $(VENV)/bin/rolodock up $(ARGS)

test: $(VENV)/.dev
	@$(PYTHON) -m tests.support.programs
	@exec $(PYTHON) -m pytest -q -n 2 --dist worksteal $(ARGS)

check: $(VENV)/.dev
	@$(PYTHON) -m tests.support.programs
	@$(VENV)/bin/ruff format --check --quiet $(EVERYTHING)
	@$(VENV)/bin/ruff check --quiet $(EVERYTHING)
	@$(VENV)/bin/mypy --no-error-summary
	@$(VENV)/bin/lint-imports >$(VENV)/lint-imports.log || { cat $(VENV)/lint-imports.log; exit 1; }
	@$(PYTHON) -m pytest -q -p no:randomly tests/schema
	@echo "All checks passed."

bench: $(VENV)/.dev
	@exec $(PYTHON) -m benchmarks $(ARGS)

# A storm of faults on real imports. ARGS="--faults 200 --seed 1 --setup postgres"
chaos: $(VENV)/.dev
	@$(PYTHON) -m tests.support.programs
	@exec $(PYTHON) -m tests.chaos $(ARGS)

# docs/schema.graphql, which the checks compare with what is built from the code.
schema: $(VENV)/.dev
	@$(PYTHON) -m api.graphql.print_schema docs/schema.graphql

# docs/screenshot.png, of the dashboard as it is now. Needs Chromium.
screenshot: $(VENV)/.dev
	@$(PYTHON) -m tests.support.screenshot

# Needs uv, which nothing else here does.
LOCK := uv pip compile --quiet --universal --generate-hashes --python-version 3.11 \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"
lock:
	@$(LOCK) $(ARGS) requirements.in -o requirements.lock
	@$(LOCK) $(ARGS) --constraint requirements.lock requirements-dev.in -o requirements-dev.lock
	@! grep -n '://' requirements.lock requirements-dev.lock

clean:
	@rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find $(EVERYTHING) -name __pycache__ -type d -prune -exec rm -rf {} +

# The newest Python that is new enough and can make a virtual environment.
$(PYTHON):
	@found=; for python in python3.14 python3.13 python3.12 python3.11 python3; do \
		command -v $$python >/dev/null 2>&1 || continue; \
		$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 || continue; \
		found=$$python; \
		$$python -c 'import ensurepip, venv' >/dev/null 2>&1 || continue; \
		echo "Setting up $(VENV) with $$($$python --version); this takes a minute, once."; \
		$$python -m venv --clear $(VENV) && exit 0; \
		rm -rf $(VENV); exit 1; \
	done; \
	if test -n "$$found"; then \
		echo "Rolodock needs the venv module of $$($$found --version); on Debian: apt-get install $$found-venv" >&2; \
	elif command -v python3 >/dev/null 2>&1; then \
		echo "Rolodock needs Python 3.11 or newer; found only $$(python3 --version 2>&1)." >&2; \
	else \
		echo "Rolodock needs Python 3.11 or newer; found none." >&2; \
	fi; exit 1

$(VENV)/.runtime: $(PYTHON) requirements.lock pyproject.toml
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements-dev.lock
	@echo "Setting up what the tests need, once."
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@
