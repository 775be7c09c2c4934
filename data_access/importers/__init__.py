"""The import pipeline: file, source database or push → checked rows → store, with their roll-up, all or nothing."""

from data_access.importers.batch import BatchResult, recover_interrupted
from data_access.importers.load import import_file, import_rows
from data_access.importers.reasons import REASONS, Rejection
from data_access.importers.tables import TABLES

__all__ = ["REASONS", "TABLES", "BatchResult", "Rejection", "import_file", "import_rows", "recover_interrupted"]
