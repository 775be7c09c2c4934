"""Office files: charts that stay editable, slides, official documents. Loaded by an export alone, never by a page."""
