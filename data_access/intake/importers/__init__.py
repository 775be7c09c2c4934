"""The import pipeline: file, source database or push → checked rows → store, with their roll-up, all or nothing.

What takes files in is loaded when it is first asked for: pages need the tables and reasons only.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from data_access.intake.importers.reasons import REASONS, Rejection
from data_access.intake.importers.tables import TABLES

if TYPE_CHECKING:
    from data_access.intake.importers.batch import BatchResult, recover_interrupted
    from data_access.intake.importers.load import (
        import_file,
        import_given,
        import_rows,
        refuse_file,
    )

__all__ = [
    "REASONS",
    "TABLES",
    "BatchResult",
    "Rejection",
    "import_file",
    "import_given",
    "import_rows",
    "recover_interrupted",
    "refuse_file",
]

_LATER = {
    "BatchResult": "batch",
    "recover_interrupted": "batch",
    "import_file": "load",
    "import_given": "load",
    "import_rows": "load",
    "refuse_file": "load",
}


def __getattr__(name: str) -> object:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"data_access.intake.importers.{_LATER[name]}"), name)
