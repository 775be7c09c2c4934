"""The province's cash ahead."""
