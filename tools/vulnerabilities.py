"""Asks whether a package that is installed has a known vulnerability, for ``make check``: one that has fails.

Where the index cannot be asked, says so in a sentence and fails nothing: a build without network is no worse for it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

SECONDS = 60


def told(*which: str) -> list[dict[str, Any]]:
    """What pip-audit tells of the packages that the index knows; none where it does not answer in time."""
    with tempfile.NamedTemporaryFile(suffix=".json") as report:
        command = [sys.executable, "-m", "pip_audit", "--progress-spinner", "off", "--timeout", "3", "-f", "json"]
        try:
            subprocess.run([*command, "-o", report.name, *which], capture_output=True, timeout=SECONDS)
            packages = json.loads(Path(report.name).read_text(encoding="utf-8"))["dependencies"]
        except (subprocess.TimeoutExpired, ValueError):
            packages = []
    return [one for one in packages if "vulns" in one]


def answers() -> bool:
    """Whether there is an index that answers, by the one package that every environment has."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as one:
        one.write(f"Flask=={version('flask')}\n")
        one.flush()
        return bool(told("-r", one.name, "--no-deps", "--disable-pip"))


def main() -> None:
    if not answers():
        print("vulnerabilities: not asked for, no package index answers from here")
        return
    known = told("--local")
    for one in known:
        for found in one["vulns"]:
            mended = ", ".join(found["fix_versions"]) or "no version yet"
            print(f"{one['name']} {one['version']}: {found['id']}, mended in {mended}", file=sys.stderr)
    sys.exit(any(one["vulns"] for one in known))


if __name__ == "__main__":
    main()
