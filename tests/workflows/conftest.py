"""The stores of intake, for what people do with what came in."""

from tests.data_access.conftest import columns as columns, entry as entry, ready as ready, ready_sqlite as ready_sqlite
