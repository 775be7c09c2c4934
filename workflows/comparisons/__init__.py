"""Comparison of persons 疑点核查: its runs, the suspicions they raise as leads of the register of problems, what is judged of each."""
