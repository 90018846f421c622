# Amparo: `make run` starts everything, `make test` checks everything. `make help` lists the rest.
PYTHON ?= python3
UV     := .tools/bin/uv
BIN    := .venv/bin
export UV_NO_BUILD_ISOLATION := 1
export UV_LINK_MODE := copy
# Linux wheels only, nothing compiled, no interpreter fetched: a fresh machine has no compiler.
INSTALL := $(UV) pip install --quiet --python $(BIN)/python --require-hashes --only-binary :all:
PROJECT := $(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .

.DEFAULT_GOAL := help
.PHONY: help run test search chaos bench test-age test-browser transcripts pictures lint lock clean

help: ## what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: .venv/ready ## start the hotline and, with nothing configured, a phone in the browser
	@exec $(BIN)/amparo run

test: .venv/ready-dev ## lint, types and every test that needs no browser
	@$(MAKE) --no-print-directory lint
	@$(BIN)/python -m pytest -n 2 -q -m "not browser and not stock_age"
	@echo "amparo: left out here: the pages in a browser (make test-browser), and boxes opened by age (make test-age)"

search: .venv/ready-dev ## draw thousands of lives and conversations, others each time, and look for one that breaks a rule (ten minutes)
	@$(BIN)/python -m pytest -q -n 2 --hypothesis-profile search --timeout 3600 \
		tests/app/referral/test_life_machine.py tests/flows/test_walks.py tests/flows/test_heard.py tests/app/test_random_walks.py

N ?= 300
SEED ?= 1
chaos: .venv/ready-dev ## kill workers and servers while N=300 people ask, and look what was lost (Linux)
	@$(BIN)/python -m tests.chaos --referrals $(N) --seed $(SEED)

bench: .venv/ready-dev ## how fast it is on this machine
	@$(BIN)/python -m tests.bench

test-age: .venv/ready-dev need-age ## an office's box, opened by stock age (Debian package `age`)
	@$(BIN)/python -m pytest -q -m stock_age

test-browser: .venv/ready-browser need-chromium ## the pages, in headless Chromium (Debian package `chromium`)
	@$(BIN)/python -m pytest -q -m browser

transcripts: .venv/ready-dev ## rewrite the golden conversations with the words as they are now
	@$(BIN)/python -m pytest -q tests/test_transcripts.py --write-transcripts

pictures: .venv/ready-browser ## take the pictures of the docs anew
	@$(BIN)/python -m tests.pictures

lint: .venv/ready-dev ## ruff and mypy
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy

lock: $(UV) ## renew the locks from pyproject.toml (hashes, no host names)
	@$(UV) lock --quiet --upgrade
	@$(UV) export --quiet --no-emit-project --no-header --no-annotate --no-default-groups --group build -o requirements.lock >/dev/null
	@$(UV) export --quiet --no-emit-project --no-header --no-annotate --group build --group test -o requirements-dev.lock >/dev/null
	@$(UV) export --quiet --no-emit-project --no-header --no-annotate --group build --group test --group browser -o requirements-browser.lock >/dev/null

clean: ## remove what was installed; var/ (the data) stays
	rm -rf .venv .tools build *.egg-info .pytest_cache .mypy_cache .ruff_cache

need-%:
	@command -v $* >/dev/null || { echo "amparo: this needs $*: apt-get install $*" >&2; exit 1; }

$(UV):
	@echo "amparo: fetching the installer (once)"
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --no-warn-script-location --require-hashes --only-binary :all: --target .tools -r requirements-tools.lock

$(BIN)/python: | $(UV)
	@$(UV) venv --quiet --python $(PYTHON) .venv

.venv/ready: requirements.lock pyproject.toml | $(BIN)/python
	@echo "amparo: installing what the lock names"
	@$(INSTALL) -r requirements.lock
	@$(PROJECT)
	@touch $@

.venv/ready-dev: requirements-dev.lock .venv/ready
	@$(INSTALL) -r requirements-dev.lock
	@touch $@

.venv/ready-browser: requirements-browser.lock .venv/ready-dev
	@$(INSTALL) -r requirements-browser.lock
	@touch $@
