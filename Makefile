# `make run` and `make test` do all the set-up themselves.
#   make run PYTHON=/path/to/python3.12    another interpreter
#   make test PLATESCRIBE_ENV=/my/venv     a ready environment
#   make run ARGS="run clip.mp4 --csv out/clip.csv"
.PHONY: run test lint coverage docs wheel bundle bench audit lock clean
SHELL := /bin/bash
export PYTHON PLATESCRIBE_ENV
# What reading needs; and all that training and the tests need.
PY = env=$$(tools/env.sh run) && "$$env/bin/python"
TEST_PY = env=$$(tools/env.sh test) && "$$env/bin/python"
ARGS ?=

run:
	@tools/system.sh run
	@$(PY) main.py $(ARGS)

# The tests run whatever the linters say, and pytest's closing line comes last; either one's failure is make's.
test:
	@tools/system.sh test
	@status=0; $(MAKE) --no-print-directory lint || status=$$?; $(TEST_PY) -m pytest -n 2 --dist loadfile --max-worker-restart=0 $(ARGS) && exit $$status

# All have their say, whatever the first one says.
lint:
	@env=$$(tools/env.sh) && status=0 && \
	for check in "python -m ruff check ." "python -m ruff format --check ." "python -m mypy" "python -m mypy --config-file tests/mypy.ini" "lint-imports --no-cache"; do \
		"$$env/bin/"$$check || status=1; \
	done; exit $$status

# Fails below the floor that pyproject.toml names.
coverage:
	@$(TEST_PY) -m pytest -n 2 --dist loadfile --cov --cov-report=term:skip-covered $(ARGS)

docs:
	@$(TEST_PY) -m mkdocs build --strict --quiet
	@echo "out/site/index.html"

wheel:
	@$(TEST_PY) -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation --wheel-dir out/dist .
	@ls out/dist/*.whl

# For a machine without the internet.
bundle:
	@tools/bundle.sh

bench:
	@$(PY) main.py bench $(ARGS)

audit:
	@$(TEST_PY) tools/audit.py

# Needs uv; what is pinned then is what `pip install --require-hashes -r requirements.lock` installs.
lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --upgrade \
		-o requirements.lock requirements.txt
	@$(TEST_PY) tools/licences.py

clean:
	rm -rf out runs .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
