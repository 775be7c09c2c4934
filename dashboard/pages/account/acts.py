"""What people do with their own account. What became of it is put on record by the workflow; no page of others changes."""

from __future__ import annotations

from flask import g

from dashboard.pages.sign_in.visit import visit_of
from dashboard.site.act import Deed, Done, act
from dashboard.site.fields import Choice, FieldProblem, Secret, Sent, Text
from dashboard.site.site import Site
from dashboard.words.wording import N_, _
from data_access.store import audit
from rules.alerts.threshold import LEVELS
from rules.errors import NotAllowed
from workflows.matters.marks import keep_letters_from
from workflows.people import passwords, second_factor, sessions, sign_in, tokens
from workflows.people.accounts import Role

EVERYONE = frozenset(Role)
OLD = Secret("old", N_("现用口令"))
NEW = Secret("new", N_("新口令"), note=N_("12至128位，可以是一句话；不要用常见口令、姓名、键盘顺序和年份。"))
AGAIN = Secret("again", N_("再输一遍"))
HANDLE = Text("handle", N_("会话"), hidden=True)
TOKEN = Text("token", N_("令牌"), hidden=True)
# By the code of the level from which on letters come.
LETTERS = {
    "none": N_("全部"),
    "blue": N_("蓝色以上"),
    "yellow": N_("黄色以上"),
    "orange": N_("橙色以上"),
    "red": N_("仅红色"),
}
FROM = Choice("from", N_("邮件提醒"), options=LETTERS, note=N_("没有等级的事项，选“全部”时才发邮件。"))


class PasswordsDiffer(FieldProblem):
    """The new password was not entered twice alike."""

    code = "password_differs"


def _proven(site: Site, sent: Sent) -> None:
    """That it is the person who asks is checked before the transaction begins."""
    sign_in.prove(site.engine, g.account.login, OLD.read(sent), site.now(), visit_of(site))


def _new_digest(site: Site, sent: Sent) -> str:
    new = NEW.read(sent)
    if new != AGAIN.read(sent):
        raise PasswordsDiffer("the new passwords differ")
    _proven(site, sent)
    if new == OLD.read(sent):
        raise passwords.PasswordGuessable("the new password is the old one")
    return passwords.new_digest(new, g.account.login, g.account.name)


@act("account_password", N_("修改口令"), EVERYONE, (OLD, NEW, AGAIN), before=_new_digest, recorded=False)
def change_password(deed: Deed) -> Done:
    visit = visit_of(deed.site)
    sign_in.set_password(deed.connection, deed.account.login, deed.prepared, deed.now, but=visit.token)
    return Done(_("口令已修改，其他登录已退出。"), deed.account.login)


@act("account_factor_end", N_("停用第二验证"), EVERYONE, (OLD,), before=_proven, recorded=False)
def end_factor(deed: Deed) -> Done:
    """Take one's second factor away, for another phone. Where the role needs one the next sign-in asks for it."""
    login = deed.account.login
    if second_factor.remove(deed.connection, login):
        audit.record(deed.connection, login, f"{audit.ACCOUNT}factor_ended", login, {}, deed.now)
    return Done(_("第二验证已停用。"), login)


@act("account_session_end", N_("退出"), EVERYONE, (HANDLE,), recorded=False)
def end_session(deed: Deed) -> Done:
    login = deed.account.login
    if not sessions.end_session(deed.connection, login, deed[HANDLE]):
        raise NotAllowed("no such session of one's own", action="account_session_end")
    audit.record(deed.connection, login, f"{audit.ACCOUNT}sessions_ended", login, {"ended_sessions": 1}, deed.now)
    return Done(_("该处已退出。"), login)


@act("account_sessions_end", N_("退出其他所有登录"), EVERYONE, (), recorded=False)
def end_other_sessions(deed: Deed) -> Done:
    login = deed.account.login
    ended = sessions.end_sessions(deed.connection, login, visit_of(deed.site).token)
    audit.record(deed.connection, login, f"{audit.ACCOUNT}sessions_ended", login, {"ended_sessions": ended}, deed.now)
    return Done(_("已退出其他{count}处登录。", count=ended), login)


@act("account_token_end", N_("吊销"), EVERYONE, (TOKEN,), recorded=False)
def end_token(deed: Deed) -> Done:
    name, login = deed[TOKEN], deed.account.login
    if name not in {one.name for one in tokens.tokens(deed.connection) if one.login == login}:
        raise NotAllowed("no such token of one's own", action="account_token_end")
    tokens.revoke(deed.connection, name, by=login, now=deed.now)
    return Done(_("令牌“{name}”已吊销。", name=name), name)


@act("account_letters", N_("保存"), EVERYONE, (FROM,), recorded=False)
def choose_letters(deed: Deed) -> Done:
    """From which level on one is told by mail; the boxes of 消息 hold everything as before."""
    keep_letters_from(deed.connection, deed.account.login, LEVELS[deed[FROM]], deed.now)
    return Done(_("已保存，以后的邮件照此发送。"), deed.account.login)


ACTS = (change_password, end_factor, end_session, end_other_sessions, end_token, choose_letters)
