# The same commands here and in CI: draft, test, check, evals, corpus. Each does all the set-up it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PRD ?= examples/csv-export.md
OUT ?= out/spec.md

.PHONY: draft test check evals format lock corpus speed compat clean

$(VENV)/run: pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "specdraft needs Python 3.11 or later; try: make PYTHON=python3.11")'
	@echo "setting up $(VENV) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint requirements.lock --editable .
	@touch $@

$(VENV)/dev: $(VENV)/run
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements.lock
	@touch $@

draft: $(VENV)/run  ## draft a spec: make draft PRD=your.md OUT=spec.md
	@mkdir -p $(dir $(OUT))
	@$(BIN)/specdraft draft $(PRD) -o $(OUT)
	@echo "the spec is in $(OUT)"

test: $(VENV)/dev  ## all tests
	@$(BIN)/python -m pytest -q -n auto --dist worksteal

check: $(VENV)/dev  ## lint, types, tests with branch coverage, and a wheel that drafts in an empty environment
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/python -m pytest -q -n auto --dist worksteal --cov --cov-report=term-missing:skip-covered
	@$(BIN)/python tests/wheel.py

evals: $(VENV)/dev  ## measure all cases, offline and from recorded answers, against the baseline; no key, no network
	@rm -rf out/evals && mkdir -p out/evals
	@for model in offline recorded; do \
	  echo "$$model:"; \
	  $(BIN)/specdraft eval run --model $$model -o out/evals/$$model.jsonl --report out/evals/$$model.html \
	    --markdown out/evals/$$model.md --junit out/evals/$$model.xml --fail-under quote_fidelity=1 --fail-under round_trip=1 \
	    --fail-on-regression evals/baseline.json 2> out/evals/$$model.log || { tail -n 20 out/evals/$$model.log; exit 1; }; \
	done
	@echo "the reports are in out/evals"

format: $(VENV)/dev  ## rewrite the code in the house's form
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .

lock: $(VENV)/dev  ## newest versions that resolve together
	@$(BIN)/python -m pip install --quiet uv
	@$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --no-emit-index-url --no-annotate --upgrade --quiet --no-header -o requirements.lock && sed -i.bak "1i\\\# Versions that resolve together, for development and CI. Made by: make lock" requirements.lock && rm requirements.lock.bak

corpus: $(VENV)/run  ## draft a folder of real documents and count what is lost: make corpus CORPUS=folder
	@$(BIN)/python benchmarks/corpus.py $(CORPUS)

speed: $(VENV)/run  ## ratios of time and memory, offline and with a model on loopback
	@$(BIN)/python benchmarks/speed.py
	@$(BIN)/python benchmarks/model.py

compat: $(VENV)/run  ## a draft with llama.cpp's server and a model of random weights; builds it first, not for CI
	@$(BIN)/python benchmarks/compat/run.py $(PRD)

clean:
	rm -rf $(VENV) out dist build .coverage .mypy_cache .pytest_cache .ruff_cache .hypothesis
