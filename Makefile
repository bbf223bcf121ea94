# Deskline. Two commands are enough: `make demo` and `make test`. `make help` lists the rest.
SHELL := /bin/bash
.DEFAULT_GOAL := help
BIN := .venv/bin
SIZE ?= small
QUIET ?=
unexport PYTHONDONTWRITEBYTECODE   # every process starts a third quicker with what is kept

.PHONY: help demo test check lint types unit ui lock setup-run setup-dev clean \
        bench bench-cti bench-store bench-menu bench-screen bench-dialler bench-faults screenshots

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: setup-run ## set up everything inside the checkout and run a working contact centre (QUIET=1: no traffic)
	@exec $(BIN)/deskline demo $(if $(QUIET),--quiet)

test: setup-dev ## set up, then every test
	@$(MAKE) --no-print-directory lint types
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder --durations=30 --durations-min=5

check: setup-check ## the quick part: lint, types, tests without a telephone or a browser
	@$(MAKE) --no-print-directory lint types unit

lint: ## style, import contracts, dependencies
	$(BIN)/ruff check .
	$(BIN)/lint-imports --no-cache
	@# B608 is ruff's S608: there each such line says why its text is ours
	$(BIN)/bandit -q -ll -s B608,B610 -r cti crm_store ivr campaigns workstation

types: ## mypy --strict and tsc
	$(BIN)/mypy
	@setup/ui.sh check

unit:
	$(BIN)/pytest -m 'not pbx and not browser and not terminal and not acceptance and not postgres'

ui: ## build the page
	@setup/ui.sh

lock: ## resolve requirements/*.in into the lock files (needs uv)
	cd requirements && for kind in run dev; do \
	  uv pip compile -q --no-header --no-annotate --python-version 3.11 $$kind.in -o $$kind.lock; done

bench: bench-cti bench-store bench-menu bench-screen ## the figures of the house, with machine and versions

bench-cti: setup-dev ## events beside stock panoramisk, memory, ringall queues, link back to a right floor
	$(BIN)/python -m bench.cti
	$(BIN)/python -m bench.cti_scale
	$(BIN)/python -m bench.several
	$(BIN)/python -m bench.cti_real
bench-store: setup-dev ## the base's figures beside their peers (SIZE=small|medium|full, URL=…)
	$(BIN)/python -m bench.store --size $(SIZE) $(if $(URL),--url $(URL))
bench-menu: setup-dev ## command round trip of the voice menu
	$(BIN)/python -m bench.ivr
bench-dialler: setup-dev ## ways to pace beside each other, in a rehearsal (QUICK=1: short days)
	$(BIN)/python -m bench.dialler $(if $(QUICK),--quick,--svg docs/dialler.svg)
bench-screen: setup-dev ## Asterisk's event to the painted card, at 20 calls a second
	$(BIN)/python -m bench.screen
	$(BIN)/python -m bench.screen_deltas
	$(BIN)/python -m bench.screen_day

bench-faults: setup-dev ## what is lost when link, server and Asterisk break under calls (CALLS=1100 SEED=1)
	$(BIN)/python -m bench.faults --calls $(or $(CALLS),1100) --seed $(or $(SEED),1)

screenshots: setup-dev ## the README's picture and the screens of docs/, from a running demo
	$(BIN)/python -m docs.screenshots

setup-run:
	@setup/bootstrap.sh run
	@setup/system.sh demo
	@setup/ui.sh

setup-check:
	@setup/bootstrap.sh dev
	@setup/ui.sh

setup-dev: setup-check
	@setup/system.sh test

clean: ## remove what was built and the demo's data; downloads stay in .deskline/cache
	rm -rf .venv node_modules workstation/web/static/built .mypy_cache .ruff_cache .pytest_cache
	find .deskline -mindepth 1 -maxdepth 1 ! -name cache ! -name asterisk -exec rm -rf {} + 2>/dev/null || true
