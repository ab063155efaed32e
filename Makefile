# `make` lists what there is. Every command works on a fresh clone.
PYTHON ?= python3
BIN := .venv/bin
LOCK_FLAGS := --universal --python-version 3.11 --generate-hashes --upgrade \
	--no-header --no-annotate --quiet

.DEFAULT_GOAL := help
.PHONY: help book case serve lab service check lint test binder links bench lock clean

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' Makefile

book: .venv/book ## execute the lessons and build the site in _build/html
	@$(BIN)/python book/build.py

case: .venv/book ## run the whole lifecycle without a notebook, from tables to verdict
	@cd lessons && ../$(BIN)/python -m flightdelay

serve: .venv/book ## build, open the site in a browser, rebuild whenever a file is saved
	@$(BIN)/python book/serve.py $(NETWORK)

# Only on request, `make serve HOST=0.0.0.0`, is the site served to the local network. Some
# shells set a variable HOST of their own, which asks for nothing.
NETWORK = $(if $(filter command,$(origin HOST)),--host $(HOST))

lab: .venv/book ## open the lessons in JupyterLab, as notebooks
	@$(BIN)/python book/lab.py

service: .venv/book ## serve the chosen model over HTTP: lesson 6's service, to ask yourself
	@mkdir -p _build
	@cd lessons && ../$(BIN)/python -m flightdelay.service --log ../_build/predictions.sqlite

check: .venv/test lint ## before a commit: lint, changed lessons, their shape, quizzes, links
	@$(BIN)/python book/build.py --incremental
	@$(BIN)/python -m pytest -q $(addprefix tests/test_,cells.py lesson_weights.py \
		lessons.py exercises.py puzzles.py site.py)

lint: .venv/test
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/codespell
	@$(BIN)/deptry .
	@$(BIN)/deptry tests --exclude _build --ignore DEP002,DEP004

test: .venv/test book lint ## check everything: code, data, lessons, pages in a real browser
	@$(BIN)/python -m pytest -n logical --dist loadfile

binder: .venv/test book ## do what Binder does; run every lesson there in a real browser
	@$(BIN)/python -m pytest tests/test_launch.py

links: .venv/book ## ask every external link whether it still answers
	@$(BIN)/python book/build.py --builder linkcheck

bench: .venv/test book ## measure build times, lesson times and page weights as ratios
	@$(BIN)/python tests/bench.py

lock: .venv/uv ## compile requirements.txt and tests/requirements.txt anew
	@$(BIN)/uv pip compile $(LOCK_FLAGS) pyproject.toml -o requirements.txt
	@$(BIN)/uv pip compile $(LOCK_FLAGS) --group test -c requirements.txt \
		-o tests/requirements.txt

clean: ## remove everything that was built or installed here
	rm -rf _build .venv

# A stamp file says that a step of the installation is complete: an interrupted
# installation has none, so the next `make` does the step again.
.venv/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
		2>/dev/null || { echo "This course needs Python 3.11 to 3.13; $(PYTHON) is" \
		"$$($(PYTHON) --version 2>/dev/null || echo 'not here')." \
		"Try: make PYTHON=python3.12 book" >&2; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "Python has no venv module here." \
		"On Debian or Ubuntu: sudo apt-get install python3-venv" >&2; exit 1; }
	@touch $@

# uv installs everything in seconds; without it, pip does the same in a minute.
.venv/uv: .venv/python
	@$(BIN)/pip install --quiet --disable-pip-version-check uv || \
		echo "uv cannot be installed; pip is used in its place."
	@touch $@

INSTALL = if [ -x $(BIN)/uv ]; then $(BIN)/uv pip install --quiet \
	--python $(BIN)/python --require-hashes -r $(1); else \
	$(BIN)/pip install --quiet --require-hashes -r $(1); fi

.venv/book: requirements.txt .venv/uv
	@echo "Installing the book's packages …"
	@$(call INSTALL,requirements.txt)
	@touch $@

.venv/test: tests/requirements.txt .venv/book
	@echo "Installing the test packages …"
	@$(call INSTALL,tests/requirements.txt)
	@$(BIN)/python tests/install_browser.py
	@touch $@
