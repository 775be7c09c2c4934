"""Say in one sentence when the interpreter cannot run Poolwatch. Runs on any Python 3, so no newer syntax here."""

# ruff: noqa: UP031

import sys

if not (3, 11) <= sys.version_info[:2] <= (3, 13):
    sys.exit(
        "Poolwatch needs Python 3.11, 3.12 or 3.13; %s is %d.%d. Install one and run: make run PYTHON=python3.12"
        % (sys.executable, *sys.version_info[:2])
    )
try:
    import ensurepip  # noqa: F401
except ImportError:
    sys.exit("This Python cannot make environments. Install the package python3-venv and run the command again.")
