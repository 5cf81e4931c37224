# One command for each habit; `just` lists them.
default:
    @just --list

# Set up: the project in this environment, with everything for tests and checks.
setup:
    pip install -e ".[dev]"

# Lint, types, layers.
check:
    ruff check .
    ruff format --check .
    mypy
    lint-imports

# The pages' JavaScript: types and behaviour, with the packages that the lock file names.
js:
    npm ci
    npm run check

# Mend what can be mended.
fix:
    ruff check --fix .
    ruff format .

# The tests that always run.
test *args:
    pytest {{args}}

# The long ones too.
slow *args:
    pytest -m "slow or not slow" {{args}}

# Speed and memory, as ratios to named peers: `just bench parser`.
bench name:
    python benchmarks/{{name}}.py

# What CI runs.
ci:
    bash .ci/run
