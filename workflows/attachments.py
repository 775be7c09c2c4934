"""Attachments 附件: files that belong to an entry of a register. They are added, never changed or deleted."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, insert, select

from data_access.store import schema
from rules.errors import PoolwatchError
from workflows.people.accounts import By

TABLE = schema.attachment
LARGEST_BYTES = 10 << 20
Kind = Literal["issue", "warning", "gap", "assessment"]


class AttachmentTooLarge(PoolwatchError):
    """More bytes than the register keeps, or none."""

    code = "attachment_too_large"


@dataclass(frozen=True, slots=True)
class Owner:
    """What a file belongs to: a problem's reference, a warning's episode, an item of the gap register,
    an assessment's ``YEAR indicator``.

    ``region`` is whose matter it is: who may see that region's matters may read the file.
    """

    kind: Kind
    scheme: str
    region: str
    subject: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """One file without its content. ``sha256`` is over its bytes, in hexadecimal."""

    id: int
    kind: Kind
    scheme: str
    region: str
    subject: str
    name: str
    sha256: str
    bytes: int
    uploaded_at: datetime
    login: str
    uploaded_by: str


_COLUMNS = [TABLE.c[name] for name in Attachment.__slots__]


def attach(connection: Connection, owner: Owner, name: str, content: bytes, by: By) -> int:
    """Keep a file within the caller's transaction; returns its number. Raises AttachmentTooLarge."""
    if not 0 < len(content) <= LARGEST_BYTES:
        raise AttachmentTooLarge(f"{len(content)} bytes", name=name, limit_bytes=LARGEST_BYTES)
    row = {
        "kind": owner.kind,
        "scheme": owner.scheme,
        "region": owner.region,
        "subject": owner.subject,
        "name": name[:120],
        "sha256": hashlib.sha256(content).hexdigest(),
        "bytes": len(content),
        "content": content,
        "uploaded_at": by.at,
        "login": by.login,
        "uploaded_by": by.name,
    }
    return int(connection.execute(insert(TABLE).values(row).returning(TABLE.c.id)).scalar_one())


def attachments_of(
    connection: Connection, kind: Kind, scheme: str, subject: str | None = None
) -> Mapping[str, tuple[Attachment, ...]]:
    """The files of one subject, or of every subject of a kind, by subject and oldest first."""
    wanted = select(*_COLUMNS).where(TABLE.c.kind == kind, TABLE.c.scheme == scheme).order_by(TABLE.c.id)
    if subject is not None:
        wanted = wanted.where(TABLE.c.subject == subject)
    found: dict[str, list[Attachment]] = defaultdict(list)
    for row in connection.execute(wanted).mappings():
        found[row["subject"]].append(Attachment(**row))
    return {key: tuple(files) for key, files in found.items()}


def attachment(connection: Connection, number: int) -> Attachment | None:
    """One file without its content; None when there is none of that number."""
    row = connection.execute(select(*_COLUMNS).where(TABLE.c.id == number)).mappings().one_or_none()
    return None if row is None else Attachment(**row)


def content_of(connection: Connection, number: int) -> bytes:
    """A file's bytes. Raises NoResultFound when there is none of that number."""
    return bytes(connection.execute(select(TABLE.c.content).where(TABLE.c.id == number)).scalar_one())
