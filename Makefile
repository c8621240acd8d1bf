.PHONY: help setup test check lock wheel bench

help:  ## Show the targets
	@grep -E '^[a-z]+:.*##' Makefile | sed 's/:.*## /\t/'

setup:  ## Make .venv with all that development needs, from the lock file
	./setup.sh dev

test: setup check  ## Run every check and test (what CI runs)
	.venv/bin/python -m pytest -n 2 --dist worksteal

check: setup  ## Format, lint, types, layers
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports

lock: setup  ## Renew the lock files
	.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --custom-compile-command "make lock" --extra build -o requirements.lock pyproject.toml
	.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --custom-compile-command "make lock" --extra build --extra names --group dev -c requirements.lock -o requirements-dev.lock pyproject.toml
	echo "maturin>=1.9,<2" | .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --custom-compile-command "make lock" -o engine/requirements.lock -

wheel: setup  ## Build wheels of the event engine for x86_64 and aarch64 into build/wheels (needs cargo)
	engine/wheels.sh .venv build/wheels

bench: setup  ## Measure throughput and quality (needs ../shared)
	bench/run
	.venv/bin/python bench/quality.py
