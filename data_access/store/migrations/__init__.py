"""Schema migrations. After changing ``data_access/store/schema/``: ``python -m data_access.store.migrations "what changed"``."""
