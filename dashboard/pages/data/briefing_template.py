"""简报模板, a tab of 数据接入: the office's own Word template, kept by the system administrator, with one to begin with."""

from __future__ import annotations

from urllib.parse import quote

from dash import html
from dash.development.base_component import Component
from flask import Flask, Response, abort, make_response

from dashboard.components import parts
from dashboard.components.environment import environment_list
from dashboard.components.parts import Child
from dashboard.exports.probe import environment
from dashboard.site.act import Deed, Done, act
from dashboard.site.fields import File, Sent
from dashboard.site.reading import Reading, current_scope
from dashboard.site.site import Site
from dashboard.site.transaction import transaction
from dashboard.words import display
from dashboard.words.wording import N_, _
from workflows.briefings import templates
from workflows.people import rights
from workflows.people.accounts import Role

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ADMINISTRATORS = frozenset({Role.SYSTEM_ADMIN})
FILE = File("file", N_("Word 模板（DOCX）"), most_mb=4)


def _looked_through(_site: Site, sent: Sent) -> None:
    """A template is examined before the transaction begins."""
    from dashboard.exports.office.template import examine

    examine(FILE.read(sent)[1])


@act("template_keep", N_("启用模板"), ADMINISTRATORS, (FILE,), whole=True, before=_looked_through)
def keep(deed: Deed) -> Done:
    name, content = deed[FILE]
    region = deed.reading.tree.root
    templates.put_in_use(deed.connection, region, name, content, deed.by)
    return Done(_("已启用模板“{name}”，以前的留有记录。", name=name), region)


@act("template_end", N_("停用模板"), ADMINISTRATORS, (), whole=True)
def end(deed: Deed) -> Done:
    region = deed.reading.tree.root
    templates.take_out_of_use(deed.connection, region, deed.by)
    return Done(_("已停用，此后简报按系统的公文格式导出。"), region)


ACTS = (keep, end)


def show(reading: Reading) -> Component:
    one = reading.ask(templates.in_use, reading.tree.root)
    if one is None:
        said: list[Child] = [html.P(_("没有启用本单位模板，简报按系统的公文格式导出。"), className="foot")]
    else:
        day = display.day_name(display.local(one.added_at).date())
        standing = _("在用：{name}（{who} {day}启用）", name=one.name, who=one.added_by, day=day)
        said = [html.P(standing, title=f"SHA-256 {one.sha256}", className="foot")]
    sample = html.A(_("下载样板"), href="/template/briefing.docx", download="", className="button")
    told = html.P(
        _(
            "在 Word 或 WPS 里改样板的版式，花括号里的名称照留。模板由系统在隔离环境里填写，不许有宏和外部链接；图以图片放入。"
        ),
        className="foot",
    )
    if keep.open_to(reading):
        said.append(keep.form(reading))
        if one is not None:
            said.append(end.form(reading, main=False))
    template = parts.section(_("简报模板"), [*said, told], actions=[sample])
    return html.Div([template, parts.section(_("导出环境"), environment_list(environment()))])


def register(server: Flask, site: Site) -> None:
    @server.get("/template/briefing.docx")
    def sample_template() -> Response:
        scope = current_scope()
        transaction(site)
        if not rights.may_open(scope, "/data"):
            abort(403)
        from dashboard.exports.office.template import sample

        response = make_response(sample())
        response.mimetype = DOCX
        response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(_('简报模板样板.docx'))}"
        return response
