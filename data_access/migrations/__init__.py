"""Schema migrations. After changing ``data_access/schema.py``: ``python -m data_access.migrations "what changed"``."""
