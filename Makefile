# `make demo` and `make test` are all a newcomer needs; both do their own set-up.
.DEFAULT_GOAL := help
.PHONY: help setup demo demo-real test check static quick format bench bench-connectors lab proof fuzz web lock clean

PY := .venv/bin/python
AGAIN = $(PY) -m pytest --last-failed --last-failed-no-failures none

help: ## what there is
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 18

setup: ## the virtual environment, the packages, the board
	@sh tools/setup.sh run

demo: setup ## a whole simulated company at work; ends with its address
	@.venv/bin/andon demo

demo-real: setup ## the main job on a real ERP and a real MES
	@.venv/bin/andon demo --real

# Stories by themselves, no more than two at a time: they pace a whole company by the clock; the lab's
# count what strikes in it, and have the machine alone. Brokers, databases and whole systems start and
# die in these tests: what fails is tried once more alone, and the first failure stays in what is
# printed. What fails twice is broken.
test: ## the whole suite
	@sh tools/setup.sh test
	@$(PY) -m pytest -n auto --dist loadfile tests --ignore tests/story \
		|| $(AGAIN) tests --ignore tests/story
	@$(PY) -m pytest -n 2 --dist loadfile tests/story --ignore tests/story/test_lab.py \
		|| $(AGAIN) tests/story --ignore tests/story/test_lab.py
	@$(PY) -m pytest tests/story/test_lab.py || $(AGAIN) tests/story/test_lab.py

check: ## what CI says first: format, lint, types, floors, unit and house; about a minute
	@sh tools/setup.sh check
	@$(MAKE) --no-print-directory -j2 static quick

static: # what reads the code without running it, beside `quick`
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@.venv/bin/pyright
	@.venv/bin/lint-imports
	@.venv/bin/deptry src

quick: # tests that need nothing but Python, one worker for each core
	@$(PY) -m pytest -q -n auto tests/unit tests/house tests/journals

format: ## lay out and mend what a tool can
	@sh tools/setup.sh check
	@.venv/bin/ruff check --fix .
	@.venv/bin/ruff format .

bench-connectors: setup ## each connector beside its bare library; figures in build/bench
	@$(PY) -m bench.connectors

bench: setup ## production completions, and capabilities that answer at once, under load; figures in build/bench
	@$(PY) -m bench
	@$(PY) -m bench.capabilities

lab: ## a simulated company under a storm of faults, reckoned up; report in build/lab
	@sh tools/setup.sh run
	@.venv/bin/andon lab run --profile S

proof: ## fifty rounds of kill -9 on the real systems, upgrades; results in docs/proof
	@sh tools/setup.sh test
	@$(PY) -m proof --rounds 50 --target real
	@$(PY) -m proof --rounds 10 --target books
	@$(PY) -m proof --rounds 3 --target upgrade
	@$(PY) -m proof --rounds 1000 --target memory
	@.venv/bin/andon lab run --profile M

fuzz: ## every parser for five minutes under atheris; results in docs/proof
	@sh tools/setup.sh check
	@$(PY) -m fuzz --seconds 300

web: ## the board, from web/ into the package
	@sh tools/setup.sh check
	@$(PY) tools/build_page.py

lock: ## new pins, from pyproject.toml and requirements/*.in
	@sh tools/setup.sh run
	@sh tools/lock.sh

clean: ## everything made here, except what a running demo keeps
	rm -rf .venv build dist web/node_modules web/dist src/andon/web_dist
	rm -rf .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find src tests examples bench tools -name __pycache__ -type d -prune -exec rm -rf {} +
