"""Every rule as a calculator: what it reads, how a case is written, ``python -m rules``."""
