"""What comes in: files, source databases, and the reference tables that ship with the product."""
