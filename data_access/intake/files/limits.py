"""How much one file may cost: time, memory, rows, columns, cells, unpacked size. Larger files may cost more, in proportion."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from data_access.intake.importers.reasons import FileRefused, Rejection

MB = 1 << 20
MAX_BYTES = 1 << 30
MAX_ROWS = 5_000_000
MAX_COLUMNS = 200
MAX_CELL = 32_768
MAX_SHEETS = 256
MAX_MERGED = 20_000


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of one file of so many bytes."""

    seconds: float
    memory_mb: int
    cells: int
    unpacked: int
    rows: int = MAX_ROWS
    columns: int = MAX_COLUMNS

    @classmethod
    def of(cls, size: int) -> Limits:
        """Whatever a file up to 1 MB holds is read in 4.5 s and 260 MB or refused: what is watched overshoots a little.

        Measured beyond that: CSV takes 10 ms and 3 MB a MB, a workbook of 7 MB with a million cells 3 s and 200 MB.
        """
        more = max(0, size - MB) / MB
        return cls(
            seconds=4.5 + 1.5 * more,
            memory_mb=int(260 + 16 * more),
            cells=min(200_000_000, 2_000_000 + 16 * size),
            unpacked=64 * MB + 40 * size,
        )

    def plain(self) -> dict[str, Any]:
        """The bounds as they travel to the process."""
        return asdict(self)


def refused(reason: str, line: int = 0, column: str = "", value: str = "", **parameters: Any) -> FileRefused:
    """The refusal of a file for one reason."""
    return FileRefused(Rejection(line, column, value, reason, parameters))
