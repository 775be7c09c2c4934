"""Search (Ctrl K): what a reader finds by name, number, pinyin or initials, and the door that tells it to the browser."""
