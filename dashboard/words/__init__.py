"""The reader's words: language, figures as shown, what went wrong."""
