# make run, make test: each does all its own set-up on a fresh machine and reuses it the next time.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
# Extra options for pip, such as where the CPU build of torch is (README, "On Linux").
PIP_OPTIONS ?=

.PHONY: run test check slow benchmarks browser clean

run: $(VENV)/.runtime
	$(BIN)/python app.py --open

test: $(VENV)/.development browser
	$(BIN)/python -m pytest -m "not slow"

slow: $(VENV)/.development browser
	$(BIN)/python -m pytest -m slow

check: $(VENV)/.development
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Every published figure. DATA is the folder of public data sets; without it only the built-in one is done.
DATA ?=

benchmarks: $(VENV)/.development
	OMP_NUM_THREADS=1 $(BIN)/python -m evaluation reproduce $(if $(DATA),--data $(DATA))

browser: $(VENV)/.development
	$(BIN)/python tests/browser.py

# The stamps are newer than the requirements they stand for: a second run installs nothing.
$(VENV)/.runtime: requirements.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet $(PIP_OPTIONS) -r requirements.txt
	touch $@

$(VENV)/.development: requirements.txt requirements-dev.txt $(VENV)/.runtime
	$(BIN)/python -m pip install --quiet $(PIP_OPTIONS) -r requirements-dev.txt
	touch $@

clean:
	rm -rf $(VENV) build
