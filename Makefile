# make run, make test: each does all its own set-up on a fresh machine and reuses it the next time.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
# Extra options for pip. TORCH_INDEX is where a small build of torch is (README, "On Linux"): a server needs none.
PIP_OPTIONS ?=
TORCH_INDEX ?=
WITH_TORCH := $(PIP_OPTIONS) $(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX))
# Options of app.py, such as SERVE="--host 0.0.0.0".
SERVE ?=
export PIP_OPTIONS

.PHONY: run serve test test-quick check lint audit slow benchmarks evaluate browser nginx ready lock clean

run: $(VENV)/.serving
	$(BIN)/python app.py --open

serve: $(VENV)/.serving
	$(BIN)/python app.py $(SERVE)

test: $(VENV)/.development browser nginx ready
	$(BIN)/python -m pytest -m "not slow" -n 2 --dist loadfile

# The tests of what differs from BASE alone, by package and without those that drive a browser. PACKAGE names others.
BASE ?= main
PACKAGE ?= $(shell { git diff --name-only $$(git merge-base HEAD $(BASE)); git ls-files -o --exclude-standard; } \
	| sed 's,^tests/,,' | cut -d/ -f1 | sort -u)
QUICK = $(sort $(wildcard $(addprefix tests/,$(PACKAGE) $(patsubst %.py,test_%.py,$(filter %.py,$(PACKAGE))) test_layers.py)))

test-quick: $(VENV)/.development ready
	$(BIN)/python -m pytest -m "not slow and not browser" -n 2 --dist loadfile $(QUICK)

slow: $(VENV)/.development browser nginx ready
	$(BIN)/python -m pytest -m slow

check: lint audit

lint: $(VENV)/.development
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m mypy

# Known vulnerabilities of everything installed. It asks PyPI; --strict: what could not be audited fails it.
audit: $(VENV)/.development
	$(BIN)/python -m pip_audit --local --strict --progress-spinner off

# Every published figure. DATA is the folder of public data sets; without it only the built-in one is done, and
# no peers, which need gigabytes of environments and some hours.
DATA ?=
TURNS := benchmarks/istiratumab/conversations.jsonl

benchmarks: $(VENV)/.development
	OMP_NUM_THREADS=1 $(BIN)/python -m evaluation reproduce $(if $(DATA),--data $(DATA))
ifneq ($(DATA),)
	$(BIN)/python benchmarks/peers/run.py --peer all --conversations $(TURNS) --grid --out runs/peers
	$(BIN)/python benchmarks/peers/run.py --peer all --beir $(DATA)/medication-qa --cut whole default --out runs/peers
	$(BIN)/python benchmarks/peers/run.py --peer all --beir $(DATA)/scifact --cut whole --out runs/peers
	$(BIN)/python -m benchmarks.peers.summarise --answers runs/peers --conversations $(TURNS) \
		--also verbatim=runs/reproduce/answers.jsonl --beir $(DATA)/medication-qa $(DATA)/scifact \
		--out benchmarks/peers/results
endif

# After a change: every built-in set, one page, and what is otherwise than committed. EVERYDAY and LEAFLETS are folders of
# requests by intent and of labelled leaflets; COMMIT=--commit puts the figures into benchmarks/results.
EVERYDAY ?=
LEAFLETS ?=
COMMIT ?=

evaluate: $(VENV)/.development
	OMP_NUM_THREADS=1 $(BIN)/python -m evaluation evaluate $(COMMIT) $(if $(EVERYDAY),--everyday $(EVERYDAY)) \
		$(if $(LEAFLETS),--leaflets $(LEAFLETS))

browser: $(VENV)/.development
	$(BIN)/python tests/browser.py

nginx: $(VENV)/.development
	$(BIN)/python tests/nginx.py

# The index that the tests share, once: two workers would make it twice.
ready: $(VENV)/.development
	$(BIN)/python -m tests.ready

# requirements-serve.txt and requirements-weights.txt, with hashes, from requirements.txt. It needs uv (pip install uv).
lock:
	$(PYTHON) lock.py

# The stamps are newer than the requirements they stand for: a second run installs nothing.
$(VENV)/.serving: requirements-serve.txt requirements-weights.txt
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) is not here: make PYTHON=... with Python 3.11, 3.12 or 3.13."; exit 2; }
	@$(PYTHON) install.py
	@touch $@

$(VENV)/.development: requirements.txt requirements-mcp.txt requirements-milvus.txt requirements-dev.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet $(WITH_TORCH) -r requirements-dev.txt
	touch $@ $(VENV)/.serving

clean:
	rm -rf $(VENV) build
