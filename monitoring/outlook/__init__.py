"""The refresh step of the long-run projection 中长期测算: cases from the books, computed where they changed."""
