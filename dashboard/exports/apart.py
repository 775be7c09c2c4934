"""Work of an export in a process of its own: what it loads, it takes with it when it ends."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
# What of the environment such a process needs; passwords and keys are not among it.
KEPT = (
    "PATH",
    "HOME",
    "TMPDIR",
    "TZ",
    "LANG",
    "LC_ALL",
    "SYSTEMROOT",
    "VIRTUAL_ENV",
    "FONTCONFIG_FILE",
    "XDG_CACHE_HOME",
)
# Without the whole site, which the package would load with its name: it takes longer than most documents.
START = (
    "import runpy, sys, types; package = types.ModuleType('dashboard'); package.__path__ = ['dashboard']; "
    "sys.modules['dashboard'] = package; runpy.run_module(sys.argv.pop(1), run_name='__main__', alter_sys=True)"
)


def command(module: str, *arguments: str) -> list[str]:
    """How a module of the exports is started, with ``ROOT`` as its folder."""
    return [sys.executable, "-c", START, module, *arguments]


def environment() -> dict[str, str]:
    """The environment of such a process."""
    return {name: os.environ[name] for name in KEPT if name in os.environ} | {"PYTHONIOENCODING": "utf-8"}
