"""The store: schema, migrations and one module per table family. SQL goes in, records come out."""
