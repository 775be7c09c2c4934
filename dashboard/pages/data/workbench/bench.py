"""What the workbench of one site holds at hand: files as they were parsed, and what became of them beside the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask, current_app, g

from dashboard.site.reading import current_scope
from dashboard.site.site import Site
from dashboard.site.wire import Memo
from dashboard.words.problems import rejection_line
from data_access.intake.importers.allowance import Allowance
from data_access.intake.importers.history import deliveries_stamp
from data_access.intake.importers.reasons import FileRefused, Rejection
from data_access.intake.originals import ORIGINALS, keep_original, original_path
from data_access.intake.sources.status import every_source
from data_access.intake.workbench.drafts import Draft, draft
from rules.errors import NotAllowed, PoolwatchError
from rules.scheme import load_scheme, scheme_codes
from workflows.people.rights import Scope, allowance

if TYPE_CHECKING:
    # The libraries that read files are loaded when a file is read.
    from data_access.intake.files.book import Book
    from data_access.intake.workbench.examine import Examined
    from data_access.intake.workbench.mapping import Mapping

EXTENSION = "poolwatch.workbench"
MAPPINGS = "mappings"  # under the installation's own folder
MOST_BYTES = 96 << 20
SAID_REASONS = 3
SAMPLE = 200  # rows of each sheet
ROW_BYTES = 600  # about what one row of a table takes once it is understood


class NotReadable(PoolwatchError):
    """A file that cannot be read, in the words of the intake: ``said``."""

    code = "not_readable"


@dataclass(frozen=True, slots=True)
class _Held:
    """Something that was worked out, and about how many bytes it holds."""

    what: object
    size: int


@dataclass(frozen=True)
class OnBench:
    """One file on the workbench: what was decided on it, and what taking it would do."""

    draft: Draft
    book: Book
    examined: Examined


class Bench:
    """One site's workbench. Safe for threads; what it holds can be worked out again."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._memo = Memo(MOST_BYTES)

    @property
    def mappings(self) -> Path:
        """Where mappings are saved for every door."""
        return self.site.var / MAPPINGS

    def keep(self, content: bytes) -> str:
        """Keep an original; its hash. Raises NotReadable before anything is kept of a file that cannot be read."""
        digest = sha256(content).hexdigest()
        self._read(digest, content, None)
        keep_original(self.site.var / ORIGINALS, content)
        return digest

    def content(self, digest: str) -> bytes:
        """The bytes of a kept original. Raises NotReadable where it is gone."""
        try:
            return original_path(self.site.var / ORIGINALS, digest).read_bytes()
        except OSError as problem:
            raise NotReadable(str(problem), said=_said([Rejection(0, "", "", "original_missing")])) from problem

    def book(self, digest: str, encoding: str | None = None) -> Book:
        """A kept file, parsed. Raises NotReadable."""
        return self._read(digest, None, encoding)

    def _read(self, digest: str, content: bytes | None, encoding: str | None) -> Book:
        from data_access.intake.files.process import book_of_bytes

        def read() -> tuple[_Held, bool]:
            given = self.content(digest) if content is None else content
            try:
                book = book_of_bytes(given, encoding=encoding)
            except FileRefused as refused:
                raise NotReadable(str(refused), said=_said(refused.rejections)) from refused
            return _Held(book, sum(column.nbytes for sheet in book.sheets for column in sheet.columns)), True

        book: Book = self._memo.once(("book", digest, encoding), read).what
        return book

    def look(self, number: int) -> OnBench:
        """One of the reader's files. Raises NoSuchDraft, NotReadable."""
        with self.site.engine.connect() as connection:
            found = draft(connection, number, str(g.account.login))
            stamp = deliveries_stamp(connection)
        book = self.book(found.sha256, found.mapping.encoding)
        scope = current_scope()
        key = ("examined", found.id, found.version, found.sha256, stamp, scope)
        held = self._memo.once(key, lambda: (self._examine(found, book, scope), True))
        return OnBench(found, book, held.what)

    def _examine(self, found: Draft, book: Book, scope: Scope) -> _Held:
        from data_access.intake.importers.codes import load_codes
        from data_access.intake.workbench.examine import examine

        with self.site.engine.connect() as connection:
            codes = load_codes(connection, self.site.now())
            sources = every_source(connection)

        def allowed(target: str) -> Allowance | None:
            try:
                return allowance(scope, target, sources)
            except NotAllowed:
                return None

        done = examine(
            self.site.engine,
            book,
            found.mapping,
            codes,
            allowed,
            sheet=found.sheet,
            left_out=found.left_out,
        )
        return _Held(done, ROW_BYTES * (len(done.cells) + 10))

    def first_mapping(self, book: Book, scheme: str) -> Mapping:
        """What a new file is read by: the mapping saved for its kind, else with the scheme looked at, or with one of
        published figures where more of it is understood so."""
        from data_access.intake.importers.codes import load_codes
        from data_access.intake.workbench.mapping import Mapping
        from data_access.intake.workbench.saved import fitting
        from data_access.intake.workbench.take import preview

        if (kept := fitting(self.mappings, book)) is not None:
            return kept
        with self.site.engine.connect() as connection:
            codes = load_codes(connection, self.site.now())

        def open_ends(code: str) -> tuple[int, int, int]:
            with self.site.engine.connect() as connection:
                seen = preview(connection, codes, sample, Mapping(constants={"scheme": code}))
            asked = sum(len(offer.questions) for offer in seen.offers) + (0 if seen.target else 5)
            words = "".join(text for offer in seen.offers for text in (offer.found.title, *offer.found.about))
            return asked, -sum(offer.rows for offer in seen.offers), -_alike(words, load_scheme(code).name)

        # What kind of table it is shows at its beginning.
        sample = replace(book, sheets=tuple(sheet.head(SAMPLE) for sheet in book.sheets))
        published = [code for code in scheme_codes() if load_scheme(code).kind != "ledger"]
        best = min((scheme, *published), key=open_ends)
        return Mapping(constants={"scheme": best})


def _said(reasons: Sequence[Rejection]) -> str:
    return " ".join(rejection_line(reason) for reason in reasons[:SAID_REASONS])


def _alike(text: str, name: str) -> int:
    """How many pairs of characters of a name stand in a text."""
    return sum(name[at : at + 2] in text for at in range(len(name) - 1))


def install(server: Flask, site: Site) -> None:
    """Give a server its workbench."""
    server.extensions[EXTENSION] = Bench(site)


def bench() -> Bench:
    """The workbench of the site that answers the present request."""
    found: Bench = current_app.extensions[EXTENSION]
    return found
