"""Doors for other systems under /api/v1: what each takes and answers is declared once; a token opens them, nothing else."""
