# `make demo` and `make test` make .venv by themselves, from the exact versions in constraints.txt.
PYTHON ?= $(shell command -v python3.11 || command -v python3 || command -v python)
WORKERS ?= auto
SECONDS ?= 60

VENV := .venv
BIN := $(VENV)/bin
# nbgrader calls its tools (alembic) by name.
WITH_TOOLS := PATH="$(CURDIR)/$(BIN):$$PATH"
READY := $(VENV)/ready
PIP := $(BIN)/python -m pip --disable-pip-version-check install -qq --constraint constraints.txt

.PHONY: setup demo test peers verify mutate fuzz bench docs check format clean

setup: $(READY)

# The build backend comes first and from the pins too: an isolated build would fetch whatever is newest.
$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "allclose needs Python 3.11 or newer; name one: make PYTHON=/path/to/python3.11"; exit 2; }
	@echo "Setting up $(VENV), once: this takes some minutes."
	@$(BIN)/python -m pip --version > /dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	@$(PIP) hatchling editables
	@$(PIP) --no-build-isolation --editable '.[grade,otter,cluster,onnx,docs,dev]'
	@touch $@

demo: $(READY)
	@$(WITH_TOOLS) allclose demo

test: $(READY)
	@$(WITH_TOOLS) python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

# What takes long: the real graders and kernels with their own test suites, whole classes graded by them and by us, again
# after changes, and on a crowded machine.
peers: $(READY)
	@$(WITH_TOOLS) python -m pytest -n $(WORKERS) --dist loadgroup tests/peers

# Hostile bytes at every reader, SECONDS for each; what falls is kept in tests/assets/fuzz for `make test`.
fuzz: $(READY)
	@$(BIN)/python -m tests.fuzz --seconds $(SECONDS)

# Every suite against all that is known of its lab; and against small changes of the reference answers.
verify: $(READY)
	@$(WITH_TOOLS) allclose verify

mutate: $(READY)
	@$(WITH_TOOLS) allclose verify --mutate

bench: $(READY)
	@$(WITH_TOOLS) python -m benchmarks

# No network is needed, and a warning is an error.
docs: $(READY)
	@$(BIN)/python -m sphinx --quiet --fail-on-warning --keep-going docs docs/_build/html
	@echo "docs/_build/html/index.html"

check: $(READY)
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@for lab in $(notdir $(wildcard source/*)); do $(BIN)/allclose release $$lab --check || exit; done

format: $(READY)
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

clean:
	rm -rf $(VENV) dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
