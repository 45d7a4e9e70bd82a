# Two commands: `make demo` and `make test`. Both set up the machine first, once.
PYTHON ?= python3.11
BIN := .venv/bin
VIDEO ?=

.PHONY: setup demo test lint bench dev clean

setup: .venv/ready

.venv/ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --upgrade pip
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[dev]'
	touch $@

demo: setup
	@film="$(VIDEO)"; [ -n "$$film" ] || film="$$($(BIN)/python -m orchestration.demo)"; $(BIN)/showrunner make "$$film"
	@[ -n "$(VIDEO)" ] || $(BIN)/showrunner make "$$($(BIN)/python -m orchestration.demo)" --only trailer/teaser_15 --only trailer_ladder/teaser_15
	@[ -n "$(VIDEO)" ] || $(BIN)/python -m orchestration.demo_viewers

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright
	$(BIN)/lint-imports

# A file's tests share what they made, so a file stays on one worker.
test: lint
	$(BIN)/pytest --numprocesses auto --maxprocesses 4 --dist loadfile

dev: setup
	$(BIN)/showrunner dev

clean:
	rm -rf .venv .showrunner
