# make lab           JupyterLab, opened on the first lesson
# make test          every test, a real JupyterLab in a real browser included
# make lint          format and lint, nothing is changed
# make lessons       the notebooks, made anew from their MyST text
# make stubs         what editors complete, made anew from the ops
# make binder-check  what Binder would install, installed and started here (slow)
#
# All of it lives in .venv, which is made on first use. `make lab LAB_ARGS=--no-browser` prints the
# link instead of opening it; `make test TEST_ARGS='-k lessons'` runs a part.

PYTHON ?= python3
BIN := .venv/bin
FIRST := notebooks/01-tensors-and-functions.ipynb
# Asks on the first start whether to fetch news, in the corner where the graph is.
NEWS := @jupyterlab/apputils-extension:announcements

.PHONY: lab test lint lessons stubs binder-check

lab: .venv/lab
	$(BIN)/jupyter lab --LabApp.default_url=/lab/tree/$(FIRST) $(LAB_ARGS)

# Without a browser the others still run, and the browser's tests fail with the same advice.
test: .venv/test
	$(BIN)/python tests/browser/chromium.py || true
	$(BIN)/python -m pytest $(TEST_ARGS)

lint: .venv/test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

lessons: .venv/test
	$(BIN)/python notebooks/build_lessons.py

stubs: .venv/test
	$(BIN)/python tests/minigrad/stubs.py

binder-check: .venv/test
	$(BIN)/python tests/browser/chromium.py
	$(BIN)/python -m pytest tests/browser/binder_check.py

# One stamp for each extra of pyproject.toml, older than it when it has changed.
.venv/lab .venv/test: .venv/%: pyproject.toml | $(BIN)/python
	@echo "Installing into .venv what '$*' needs. This may take a minute or two."
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[$*]'
	@$(BIN)/jupyter labextension disable --level=sys_prefix $(NEWS) 2>/dev/null
	@touch $@

$(BIN)/python:
	@$(PYTHON) -c 'import sys; v = sys.version_info; v >= (3, 11) or sys.exit("minigrad-lab needs Python 3.11 or newer, and $(PYTHON) is %d.%d: name another one, as in make lab PYTHON=python3.12" % v[:2])'
	$(PYTHON) -m venv .venv || { rm -rf .venv; exit 1; }
