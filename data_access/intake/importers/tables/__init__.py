"""What can be imported: every table's declared columns, from which validation, templates and the contract are made."""

from __future__ import annotations

from data_access.intake.importers.tables import books, master, outlook, published, registers, reports
from data_access.intake.importers.tables.declaration import Column as Column, ImportTable as ImportTable

_MONEY = (
    books.LEDGER,
    books.PLAN,
    books.OPENING,
    books.AGENCY,
    books.UNREACHED,
    books.LEGACY,
    books.PRE_TRANSFER,
    books.DEPOSIT,
    published.PUBLISHED,
    published.CENTRAL,
)
_CENTRAL = (published.CENTRAL_PAYMENT, published.NATIONAL)
_FURTHER = (registers.STATISTIC, registers.REQUEST, *_CENTRAL, registers.VIOLATION)
_BESIDE = (reports.REPORTED, reports.BANK, reports.TRIAL)
_OUTLOOK = (outlook.STRUCTURE, outlook.MORTALITY)
_MASTER = (master.REGION, master.SOURCE, master.CALENDAR, master.SCHEME)
TABLES: dict[str, ImportTable] = {table.name: table for table in (*_MONEY, *_FURTHER, *_BESIDE, *_OUTLOOK, *_MASTER)}
