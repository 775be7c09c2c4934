"""对账调节: items between the books are explained, the month's statement is signed by each department that reports."""
