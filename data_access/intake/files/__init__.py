"""From the bytes of a file to the cells a person sees: parsed in a process of its own, held in bounds of time and memory.

``process.read_book`` is the door; ``reading.book_of`` is what the process does. Nothing here knows a table of ours.
"""
