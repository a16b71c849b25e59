# Borderwire. `make demo` shows the main job with no account and no internet; `make test` passes its tests.
VENV := .venv
BIN  := $(VENV)/bin

.PHONY: help setup demo run test check crash mutants bench clean
help:                        ## this list
	@grep -hE '^[a-z]+:.*##' Makefile | sed 's/:.*##/  -/'

setup: $(VENV)/.installed    ## the virtual environment and its packages

$(VENV)/.installed: requirements.txt pyproject.toml deploy/setup.sh
	@sh deploy/setup.sh $(VENV) requirements.txt && touch $@

$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed
	@sh deploy/setup.sh $(VENV) requirements-dev.txt && touch $@

demo: setup                  ## the bundled newsroom, the service and the desk; ARGS="--for 40s --report report.json"
	@$(BIN)/borderwire demo $(ARGS)

run: setup                   ## the service on config.yaml
	@$(BIN)/borderwire run $(ARGS)

test: $(VENV)/.installed-dev ## every test
	@$(BIN)/python -m pytest -n auto $(ARGS)

check: $(VENV)/.installed-dev ## ruff, mypy --strict, architecture and documentation tests
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/python -m pytest tests/test_architecture.py tests/test_docs.py

crash: $(VENV)/.installed-dev ## 150 kills and 50 stops of the real service; writes the figures of RELIABILITY.md
	@$(BIN)/python -m tests.reliability.crash $(ARGS)

mutants: $(VENV)/.installed-dev ## thirteen mistakes, each of which a test must notice
	@$(BIN)/python -m tests.reliability.mutants $(ARGS)

bench: $(VENV)/.installed-dev ## the benchmarks, side by side with their peers
	@$(BIN)/pip install -q -r benchmarks/requirements.txt
	@$(BIN)/python -m benchmarks $(ARGS)

clean:                       ## remove the environment and caches, never data
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis borderwire.egg-info
