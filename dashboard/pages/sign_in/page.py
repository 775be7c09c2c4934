"""Sign-in [/sign-in]: plain HTML outside the application, so that nothing of it is sent to a stranger."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from urllib.parse import quote

from dashboard.site.chart_library import site_file
from dashboard.words.wording import N_, _, language
from workflows.people.accounts import Account, Role

PATH, PROVIDER = "/sign-in", "/sign-in/provider"

ROLES: dict[Role, tuple[str, str]] = {
    Role.LEADER: (N_("省领导"), N_("一屏看结余、进度、责任")),
    Role.MONITOR: (N_("省级监测岗"), N_("监测、定稿、数据接入")),
    Role.ASSESSOR: (N_("考核岗"), N_("各地进度与评估依据")),
    Role.FINANCE: (N_("省财政厅"), N_("预算执行、账户与存款")),
    Role.TAX: (N_("省税务局"), N_("征缴进度与入库")),
    Role.TREASURY: (N_("人民银行（国库）"), N_("入库、划转、对账")),
    Role.AGENCY: (N_("省社保中心"), N_("发放与经办")),
    Role.CITY: (N_("市县用户"), N_("只看本地区")),
    Role.WRITER: (N_("文书"), N_("图表与材料")),
    Role.AUDITOR: (N_("审计"), N_("追溯每一个数")),
    Role.SYSTEM_ADMIN: (N_("系统管理员"), N_("数据源与刷新")),
    Role.SECURITY_ADMIN: (N_("安全管理员"), N_("账户与权限")),
    Role.AUDIT_ADMIN: (N_("审计管理员"), N_("操作记录")),
}

REFUSED = N_("用户名或口令不对，或账户已停用。请核对后再试，或联系安全管理员。")
DEMO_REFUSED = N_("演示登录只在本机（127.0.0.1）可用。请用管理员分配的账户登录。")


def role_name(role: Role) -> str:
    return _(ROLES[role][0])


def page(
    demo: Sequence[Account],
    *,
    problem: str = "",
    next_url: str = "/",
    theme: str = "light",
    single_sign_on: bool = False,
) -> str:
    """The sign-in page. ``demo`` accounts are offered with one click, the first of a role by what the role does, the others
    by their names; ``problem`` is said above the form;
    ``single_sign_on``: where there is a provider, the way to it."""
    offered = ""
    if demo:
        first = {account.role: account for account in reversed(demo)}
        buttons = "".join(_button(account, next_url, named=account is not first[account.role]) for account in demo)
        offered = (
            f'<p class="lead">{escape(_("演示：选一个身份进入。数据均为模拟，不是任何地区的实际情况。"))}</p>'
            f'<div class="roles">{buttons}</div>'
        )
    fields = [
        entry(_("用户名"), "login", complete="username"),
        entry(_("口令"), "password", kind="password", complete="current-password"),
    ]
    form = form_of(PATH, fields, _("登录"), next_url)
    if single_sign_on:
        there = f"{PROVIDER}?next={quote(next_url, safe='/')}"
        form += f'<p class="sso"><a class="button" href="{escape(there)}">{escape(_("用统一身份认证登录"))}</a></p>'
    return standing_alone(
        _("登录"), f"<h1>{escape(_('社会保险基金运行监测'))}</h1>{said(problem)}{offered}{form}", PATH, theme
    )


def _button(account: Account, next_url: str, *, named: bool) -> str:
    who = account.login if named else account.role.value
    does = account.name if named else _(ROLES[account.role][1])
    return (
        f'<form method="post" action="/sign-in/demo"><input type="hidden" name="role" value="{escape(who)}">'
        f"{_next(next_url)}<button><b>{escape(role_name(account.role))}</b><small>{escape(does)}</small></button></form>"
    )


def form_of(action: str, fields: Sequence[str], button: str, next_url: str = "/") -> str:
    """A form of a page that stands alone, its fields one below the other."""
    return (
        f'<form class="sign" method="post" action="{escape(action)}">{_next(next_url)}{"".join(fields)}'
        f'<button class="button main">{escape(button)}</button></form>'
    )


def entry(label: str, name: str, *, kind: str = "text", complete: str = "off", note: str = "") -> str:
    """One labelled field of such a form."""
    told = f"<small>{escape(note)}</small>" if note else ""
    return (
        f'<label>{escape(label)}<input class="field" name="{name}" type="{kind}" autocomplete="{complete}" required>'
        f"{told}</label>"
    )


def said(problem: str) -> str:
    """What went wrong, above the form."""
    return f'<p class="error-note" role="alert">{escape(problem)}</p>' if problem else ""


def standing_alone(title: str, content: str, here: str, theme: str) -> str:
    """A page outside the application, with its content as HTML, and the way to the other language."""
    other = "en" if language() == "zh" else "zh"
    return (
        f'<!DOCTYPE html><html lang="{"zh-CN" if language() == "zh" else "en"}" data-theme="{escape(theme)}"><head>'
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{escape(title)}</title><link rel="icon" href="/assets/favicon.svg">'
        f'<link rel="stylesheet" href="{site_file("css").address}"></head><body><main class="door">{content}'
        f'<p class="lead"><a href="/preferences?language={other}&amp;next={here}">'
        f"{'English' if other == 'en' else '中文'}</a></p></main></body></html>"
    )


def _next(next_url: str) -> str:
    return f'<input type="hidden" name="next" value="{escape(next_url)}">'
