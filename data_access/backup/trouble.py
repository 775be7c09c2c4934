"""What a backup or a restore refuses."""

from __future__ import annotations

from rules.errors import PoolwatchError


class BackupError(PoolwatchError):
    """A backup that cannot be taken, an archive that is not whole, a target that may not be overwritten: nothing was changed."""

    code = "backup"
