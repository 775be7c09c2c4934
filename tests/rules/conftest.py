"""The command line of the rules, called in process."""

import json
from io import BytesIO, StringIO

import pytest

from rules.__main__ import main


def _run(*arguments, given=b""):
    raw = given if isinstance(given, bytes) else json.dumps(given, ensure_ascii=False).encode()
    stdout, stderr = BytesIO(), StringIO()
    code = main(list(arguments), BytesIO(raw), stdout, stderr)
    return code, stdout.getvalue().decode(), stderr.getvalue()


@pytest.fixture(scope="session")
def run():
    """Runs one command on bytes or a value: exit code, standard output, standard error."""
    return _run
