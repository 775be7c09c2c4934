"""Attachments 附件 of registers: sent with an act, fetched at ``/attachment/NUMBER`` by who may see the matter itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import quote

from dash import html
from dash.development.base_component import Component
from flask import Flask, Response, abort, make_response

from dashboard.site.act import Deed
from dashboard.site.fields import File, blank
from dashboard.site.reading import current_scope
from dashboard.site.site import Site
from dashboard.site.transaction import transaction
from dashboard.site.view import LARGEST_NUMBER
from dashboard.words.wording import N_, _
from rules.scheme import load_scheme
from workflows.attachments import Attachment, Kind, Owner, attach, attachment, content_of
from workflows.people import rights

# What a file belongs to → the page whose readers may fetch it.
PAGE_OF: dict[Kind, str] = {"issue": "/issues", "warning": "/warnings", "gap": "/gap", "assessment": "/assessment"}


def register(server: Flask, site: Site) -> None:
    @server.get(f"/attachment/<int(max={LARGEST_NUMBER}):number>")
    def file(number: int) -> Response:
        scope = current_scope()
        published = transaction(site).published
        record = published.ask(attachment, number)
        # One answer for what is not there and what is not theirs: numbers cannot be probed.
        if record is None or not rights.may_open(scope, PAGE_OF[record.kind]):
            abort(404)
        if not scope.covers(published.tree(load_scheme(record.scheme)), record.region):
            abort(404)
        response = make_response(published.ask(content_of, number))
        # Never shown in place: a file from someone else must not act as a page of this site.
        response.mimetype = "application/octet-stream"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(record.name)}"
        return response


# With pictures among them a phone offers its camera.
FILES = "image/*,.pdf,.doc,.docx,.wps,.xls,.xlsx,.et,.csv,.ofd,.zip"
# The field by which a file is sent along with an act.
ATTACHMENT = blank(File("file", N_("附件"), note=N_("一个文件，不超过 {limit} MB"), accept=FILES))
# The same where the matter is not taken without one: the label says so, the matter's own rule refuses.
EVIDENCE = replace(ATTACHMENT, label=N_("附件（必附，可拍照）"))


def sent(deed: Deed, kind: Kind, region: str, subject: str) -> int | None:
    """Keep the file that came with an act, in its transaction; its number, None where none was sent."""
    given = deed[ATTACHMENT]
    if given is None:
        return None
    owner = Owner(kind, deed.reading.scheme.code, region, subject)
    return attach(deed.connection, owner, given[0], given[1], deed.by)


def links(files: Sequence[Attachment]) -> list[Component]:
    """Each file's name as the link that fetches it; its digest is the link's title."""
    return [
        html.A(
            [one.name, html.Small(_("{size} KB", size=f"{max(one.bytes // 1024, 1):,}"))],
            href=f"/attachment/{one.id}",
            download=one.name,
            title=f"SHA-256 {one.sha256}",
            className="file",
        )
        for one in files
    ]
