# The doors of sqrec. `make up` and `make test` need Python >= 3.11 and make, nothing else.
SHELL := /bin/bash
PYTHON ?= python3
KIND ?=
SPLIT ?=
PORT ?= 3000

export DO_NOT_TRACK := 1
export BENTOML_DO_NOT_TRACK := True
export MLFLOW_DISABLE_TELEMETRY := true
export MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR := false
export PYTHONUNBUFFERED := 1

BIN := .venv/bin
needs-data = @test -n "$(DATA)" || { echo "Name a data folder: make $@ DATA=folder"; exit 2; }

# What a change may break, told at once: `make fast` leaves out what trains, serves or draws, and types of what has not changed.
FAST := tests/base tests/catalogue tests/cities tests/cli tests/codes tests/contract tests/groups tests/profile tests/programmes \
	tests/experiments/test_rooms.py tests/rank/test_gates_order_reasons.py tests/rank/test_age_gates.py tests/test_laws.py
TYPED = $(shell { git diff --name-only --diff-filter=d HEAD; git ls-files --others --exclude-standard; } \
	| grep -E '^(sqrec|features|training|serving|experiments|examples)/.*\.py$$' | sort -u)

.PHONY: help up setup test soak fast train tune report recommend serve bench lint mutants experiments docs

.venv/ready: requirements.lock pyproject.toml .ci/uv.txt
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else 0'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r .ci/uv.txt
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps -e .
	touch $@

setup: .venv/ready

help:
	@grep -E '^    make ' README.md

# Without DATA the invented city is served, with bundles of its own.
CITY := var/city
CITY_PEOPLE ?= 2000
UP_DATA = $(or $(DATA),$(CITY))
UP_BUNDLES = $(if $(DATA),var,var/invented)

$(CITY)/folder.json: .venv/ready
	$(BIN)/sqrec demo $(CITY) --people $(CITY_PEOPLE) --seed 1

# The exit code of a training that says no; any other failure is one of its own.
NOTHING_TO_LEARN := 3
trained = $(BIN)/python -m training.ranked --var $(UP_BUNDLES) || $(BIN)/python -m training.train --data "$(UP_DATA)" --kind $(or $(KIND),all) --split $(or $(SPLIT),none) --var $(UP_BUNDLES) --refusal $(NOTHING_TO_LEARN)

# Where training says no, its reason is printed and a bundle without rankers serves: every list is labelled `fallback`.
up: .venv/ready $(if $(DATA),,$(CITY)/folder.json)
	@$(trained) || { test $$? -eq $(NOTHING_TO_LEARN) && $(BIN)/python -m training.fallback --data "$(UP_DATA)" --var $(UP_BUNDLES); }
	$(BIN)/python -m serving --data "$(UP_DATA)" --bundles $(UP_BUNDLES)/bundles --port $(PORT)

# Each worker takes a part of the tests and steals from another's end; a worker's boosters learn with one thread. One more than
# there are cores, as a test that waits for a service or a disk leaves its core to another. What is compiled is kept (.gitignore),
# whatever the environment says: else every worker and every service that a test starts compiles all of it for itself.
WORKERS ?= $(shell $(PYTHON) -c 'import os; print(1 + (os.cpu_count() or 1))')

test: .venv/ready
	PYTHONDONTWRITEBYTECODE= OMP_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses=$(WORKERS) --dist=worksteal

# Folders that nobody would write by hand go through every door: FOLDERS of them (an hour or two for 1,000).
FOLDERS ?= 1000

soak: .venv/ready
	SQREC_SOAK=$(FOLDERS) $(BIN)/python -m pytest -q tests/test_folders.py -k every_door

fast: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(if $(strip $(TYPED)),$(BIN)/pyright $(TYPED))
	$(BIN)/python -m pytest -q $(FAST)

train: .venv/ready
	$(needs-data)
	$(BIN)/python -m training.train --data "$(DATA)" --kind $(or $(KIND),all) --split $(or $(SPLIT),time) $(if $(BUNDLE),--bundle "$(BUNDLE)")

tune: .venv/ready
	$(needs-data)
	$(BIN)/python -m training.tune --data "$(DATA)" --kind $(or $(KIND),all) --split $(or $(SPLIT),time) $(if $(MINUTES),--minutes $(MINUTES)) $(if $(TRIALS),--trials $(TRIALS)) $(if $(BUNDLE),--bundle "$(BUNDLE)")

report: .venv/ready
	$(needs-data)
	$(BIN)/python -m experiments.report --data "$(DATA)" --kind $(or $(KIND),job) $(if $(BUNDLE),--bundle "$(BUNDLE)") $(if $(SPLIT),--split $(SPLIT)) $(if $(OUT),--out "$(OUT)")

recommend: .venv/ready
	$(needs-data)
	$(BIN)/sqrec recommend "$(DATA)" --kind $(or $(KIND),job) $(if $(BUNDLE),--bundle "$(BUNDLE)") $(if $(AT),--at "$(AT)") $(if $(OUT),--out "$(OUT)")

serve: .venv/ready
	$(needs-data)
	$(BIN)/python -m serving --data "$(DATA)" --port $(PORT) $(if $(BUNDLE),--bundle "$(BUNDLE)")

# The service beside an empty endpoint, and while its bundle is swapped; then a large city, invented and checked, and a store (minutes;
# BENCH_PEOPLE=0 leaves both out).
BENCH_PEOPLE ?= 1000000

bench: .venv/ready $(if $(DATA),,$(CITY)/folder.json)
	@$(trained)
	$(BIN)/python -m experiments.bench.service --data "$(UP_DATA)" --bundles $(UP_BUNDLES)/bundles
	$(BIN)/python -m experiments.bench.swap --data "$(UP_DATA)" --bundles $(UP_BUNDLES)/bundles
	$(if $(filter 0,$(BENCH_PEOPLE)),,$(BIN)/python -m experiments.bench.city --people $(BENCH_PEOPLE))
	$(if $(filter 0,$(BENCH_PEOPLE)),,$(BIN)/python -m experiments.bench.store)

lint: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright
	$(BIN)/lint-imports

# Every small edit of a line that decides a figure must make a test fail; WORD=split judges the files alone whose path holds the word.
mutants: .venv/ready
	$(BIN)/python -m experiments.mutants $(WORD)

# The runs that were written last: those of `make train`, or those of `make up` in the invented city. STORE=file opens another.
STORE ?= $(firstword $(shell ls -t var/mlflow.db var/invented/mlflow.db 2>/dev/null))

experiments: .venv/ready
	@test -n "$(STORE)" || { echo "Nothing was trained yet: make up, or make train DATA=folder"; exit 2; }
	@echo "Runs of $(STORE), at http://127.0.0.1:5000"
	$(BIN)/mlflow ui --backend-store-uri sqlite:///$(STORE) --host 127.0.0.1 --port 5000

docs: .venv/ready
	$(BIN)/python -m sqrec.contract.page docs/tables.md
	$(BIN)/python -m sqrec.cli.page docs/cli.md
	$(BIN)/python -m serving.settings docs/settings.md
