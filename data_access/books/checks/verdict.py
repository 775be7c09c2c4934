"""The last verification of the whole store: when, by whom asked for, and what it found; kept in a file beside the store."""

from __future__ import annotations

import json
import logging
import os
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from data_access.books.versions import reading
from data_access.store.audit import broken_seals
from data_access.store.integrity.heads import NAME, faults_of_heads
from data_access.store.integrity.verifying import Fault, faults_of_deliveries, faults_of_tables, faults_of_versions

KEPT = "verified.json"
LISTED = 100
_running: set[Path] = set()
_lock = threading.Lock()

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verification found. ``compared`` rows; ``broken`` days of the audit; ``count`` other faults, the first hundred of
    which are ``faults``."""

    at: datetime
    by: str
    compared: int
    broken: tuple[str, ...]
    count: int
    faults: tuple[Fault, ...]

    @property
    def sound(self) -> bool:
        return not self.broken and not self.count


def verify_all(engine: Engine, var: Path, by: str, now: datetime) -> Verdict:
    """Verify every seal there is, and keep what was found."""
    with reading(engine) as connection:
        days = tuple(one.day.isoformat() for one in broken_seals(connection) if not one.accepted)
        found = [verify(connection) for verify in (faults_of_tables, faults_of_deliveries, faults_of_versions)]
        faults = [*(fault for _compared, some in found for fault in some), *faults_of_heads(connection, var / NAME)]
    rows = sum(compared for compared, _faults in found)
    verdict = Verdict(now, by, rows, days, len(faults), tuple(faults[:LISTED]))
    part = var / f"{KEPT}.{os.getpid()}"
    part.write_text(json.dumps(asdict(verdict) | {"at": now.isoformat()}, ensure_ascii=False), encoding="utf-8")
    part.replace(var / KEPT)
    return verdict


def last_verdict(var: Path) -> Verdict | None:
    """What the last verification found; None before the first."""
    try:
        kept = json.loads((var / KEPT).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    # Kept before faults named a region: whose they are cannot be told.
    faults = tuple(Fault(**{"region": None, **one}) for one in kept.pop("faults"))
    at, broken = datetime.fromisoformat(kept.pop("at")), tuple(kept.pop("broken"))
    return Verdict(at=at, broken=broken, faults=faults, **kept)


def verify_aside(engine: Engine, var: Path, by: str, clock: Callable[[], datetime]) -> threading.Thread | None:
    """Begin a verification in a thread of its own; None where one is under way in this process."""
    with _lock:
        if var in _running:
            return None
        _running.add(var)

    def work() -> None:
        try:
            verify_all(engine, var, by, clock())
        except Exception:
            log.exception("the seals could not be verified")
        finally:
            _running.discard(var)

    thread = threading.Thread(target=work, name="verify", daemon=True)
    thread.start()
    return thread


def is_running(var: Path) -> bool:
    """Whether a verification is under way in this process."""
    return var in _running
