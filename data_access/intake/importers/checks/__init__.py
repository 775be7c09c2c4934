"""What the rules of a table ask beyond each column's own form: values against each other."""
