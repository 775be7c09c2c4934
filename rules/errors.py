"""One tree of exceptions for the whole system.

Messages are English and for the log; the reader's sentence is made from ``code`` and ``parameters``
in ``dashboard.words.display``, in the reader's language.
"""

from __future__ import annotations


class PoolwatchError(Exception):
    """Root of every expected failure.

    ``code`` names the kind of failure, ``parameters`` hold what the sentence shows (what, where, got, expected).
    """

    code = "error"

    def __init__(self, message: str, **parameters: object) -> None:
        super().__init__(message)
        self.parameters = parameters


class InputError(PoolwatchError):
    """A rule or calculator was given something it must refuse; ``parameters['path']`` names the field."""

    code = "input"


def refused(path: str, got: object, needs: str) -> InputError:
    """The refusal of one field: its path, what it got, what it needs."""
    return InputError(f"got {got}, needs {needs}", path=path)


class ProfileError(PoolwatchError):
    """A scheme profile is wrong or is asked for something it does not hold."""

    code = "profile"


class NotInForce(ProfileError):
    """A parameter was asked for on a day before its first value."""

    code = "not_in_force"


class ImportRefused(PoolwatchError):
    """A file or batch was refused as a whole; nothing of it was kept."""

    code = "import_refused"


class LeaseHeld(PoolwatchError):
    """Another process holds the lease for the work asked for."""

    code = "lease_held"


class NotAllowed(PoolwatchError):
    """The account has no right to what was asked for."""

    code = "not_allowed"


class StaleRow(PoolwatchError):
    """Someone else changed the row first; nothing was changed."""

    code = "conflict_stale"


class WorkRefused(PoolwatchError):
    """A step of the work on a warning that cannot be taken now; ``result`` says why (conflict, four_eyes …)."""

    def __init__(self, message: str, result: str, **parameters: object) -> None:
        super().__init__(message, **parameters)
        self.code = f"work_{result}"


class StoreError(PoolwatchError):
    """The store is not this installation's own, or was made by another program: this one cannot work on it."""

    code = "store"


class ClockStepped(PoolwatchError):
    """The machine's clock cannot be right; nothing is written by it. ``than`` says by what: machine, database, version."""

    code = "clock_stepped"


class SettingsError(PoolwatchError):
    """A setting stops the start."""

    code = "settings"
