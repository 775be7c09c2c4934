"""Whether the store is what it must be: every identity of the data, and every row against its seal."""

from __future__ import annotations

from data_access.books.checks.identities import (
    check_facts as check_facts,
    check_rollup as check_rollup,
    run_checks as run_checks,
)
from data_access.books.checks.outcomes import Check as Check, Difference as Difference
