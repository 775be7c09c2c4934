"""The database itself: engine, schema, migrations, fast paths in, the record of who did what."""
