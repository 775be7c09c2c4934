"""What the security administrator does with accounts, sessions, tokens and the rules of signing in.

Each deed has its row in the audit by the workflow, under what was done to whom; a one-time password is told once, to
who asked for it, and is kept nowhere.
"""

from __future__ import annotations

import hashlib

from dashboard.pages.sign_in.page import ROLES
from dashboard.site.act import Deed, Done, act
from dashboard.site.fields import Choice, Day, Sent, Text, Ticks, blank
from dashboard.site.reading import Reading
from dashboard.site.site import Site
from dashboard.words.departments import NAMES as DEPARTMENTS
from dashboard.words.wording import N_, _, name_of
from data_access.books.regions import NATION
from rules.department import Department
from rules.errors import NotAllowed
from workflows.people import administration, passwords, tokens
from workflows.people.accounts import AccountError, Role
from workflows.people.administration import Listed, list_accounts
from workflows.people.rights import SECURITY, administers
from workflows.people.tokens import TokenRefused


def regions(reading: Reading) -> list[tuple[str, str]]:
    """The regions that an account can be given here: those of the tree looked at, and the nation for a nation's
    administrator."""
    nation = [(NATION, _("全国"))] if reading.scope.region == NATION else []
    tree = reading.tree
    names = [(code, "　" * (len(tree.path(code)) - 1) + name_of(tree.region(code))) for code in tree.codes]
    return [*nation, *(one for one in names if administers(reading.scope, one[0]))]


ACCOUNT = Text("account", N_("账户"), hidden=True)
HANDLE = Text("handle", N_("会话"), hidden=True)
TOKEN = Text("token", N_("令牌"), hidden=True)
LOGIN = Text("login", N_("用户名"), most=64, placeholder=N_("字母、数字和 . _ - @"))
NAME = Text("name", N_("姓名"), most=40)
ROLE = Choice("role", N_("角色"), {role.value: name for role, (name, _note) in ROLES.items()})
REGION = Choice("region", N_("地区"), regions)
DEPARTMENT = blank(
    Choice("department", N_("部门"), {"": N_("按角色"), **{one.value: DEPARTMENTS[one] for one in Department}})
)
FROM = blank(Day("valid_from", N_("有效期起")))
TO = blank(Day("valid_to", N_("有效期止")))
WORDS = Text("words", N_("用户名或姓名"), most=64)
FACTOR_ROLES = Ticks("roles", N_("须第二验证的角色"), required=False)
GIVEN = ((LOGIN, NAME), (ROLE, DEPARTMENT), REGION, (FROM, TO))
CHANGED = (ACCOUNT, NAME, (ROLE, DEPARTMENT), REGION, (FROM, TO))


def _made(_site: Site, _sent: Sent) -> tuple[str, str]:
    """A one-time password and its digest, made outside the transaction."""
    return passwords.one_time()


def _within(deed: Deed, region: str) -> str:
    """The region, where the administrator administers it. Raises NotAllowed."""
    if not administers(deed.account, region):
        raise NotAllowed(f"{deed.account.login} does not administer {region}", action=deed.act.name)
    return region


def _known(deed: Deed) -> Listed:
    """The account that the form names. Raises AccountError for one that is none of the administrator's."""
    login = deed[ACCOUNT]
    return demand_account(deed, login)


def demand_account(deed: Deed, login: str) -> Listed:
    """An account by its login. Raises AccountError for none, and for one of another province alike."""
    for one in list_accounts(deed.connection, deed.now):
        if one.account.login == login and administers(deed.account, one.account.region):
            return one
    raise AccountError(f"there is no account {login}", "unknown", login=login)


def _department(deed: Deed) -> Department | None:
    given = deed[DEPARTMENT]
    return Department(given) if given else None


@act("account_create", N_("新建账户"), SECURITY, GIVEN, before=_made, recorded=False)
def create(deed: Deed) -> Done:
    """A new account with a one-time password. Raises AccountError, NotAllowed."""
    password, digest = deed.prepared
    made = administration.create(
        deed.connection,
        login=deed[LOGIN],
        name=deed[NAME],
        role=Role(deed[ROLE]),
        region=_within(deed, deed[REGION]),
        department=_department(deed),
        valid_from=deed[FROM],
        valid_to=deed[TO],
        digest=digest,
        by=deed.account.login,
        now=deed.now,
    )
    return Done(_("账户{login}已建立。", login=made.login), made.login, once=_given(password))


@act("account_change", N_("保存"), SECURITY, CHANGED, recorded=False)
def change(deed: Deed) -> Done:
    """Another name, role, region, department or dates. Raises AccountError, NotAllowed."""
    known = _known(deed)
    administration.change(
        deed.connection,
        known.account.login,
        name=deed[NAME],
        role=Role(deed[ROLE]),
        region=_within(deed, deed[REGION]),
        department=_department(deed),
        valid_from=deed[FROM],
        valid_to=deed[TO],
        by=deed.account.login,
        now=deed.now,
    )
    return Done(_("账户{login}已更改，原有会话已结束。", login=known.account.login), known.account.login)


@act("account_disable", N_("停用账户"), SECURITY, (ACCOUNT,), recorded=False)
def disable(deed: Deed) -> Done:
    """No more sign-in. Raises AccountError."""
    login = _known(deed).account.login
    administration.disable(deed.connection, login, by=deed.account.login, now=deed.now)
    return Done(_("账户{login}已停用，会话已结束，令牌同时失效。", login=login), login)


@act("account_enable", N_("启用账户"), SECURITY, (ACCOUNT,), recorded=False)
def enable(deed: Deed) -> Done:
    """Sign-in is open again. Raises AccountError."""
    login = _known(deed).account.login
    administration.enable(deed.connection, login, by=deed.account.login, now=deed.now)
    return Done(_("账户{login}已启用。", login=login), login)


@act("account_one_time", N_("发一次性口令"), SECURITY, (ACCOUNT,), before=_made, recorded=False)
def reset_password(deed: Deed) -> Done:
    """A one-time password in the place of the one that stands. Raises AccountError."""
    (password, digest), login = deed.prepared, _known(deed).account.login
    administration.reset_password(deed.connection, login, digest, by=deed.account.login, now=deed.now)
    return Done(_("账户{login}的口令已重置，会话已结束。", login=login), login, once=_given(password))


def _given(password: str) -> str:
    days = administration.ONE_TIME_LASTS.days
    return _("一次性口令只显示这一次：{password}　{days}天内有效，首次登录须更改。", password=password, days=days)


@act("account_sessions", N_("结束全部会话"), SECURITY, (ACCOUNT,), recorded=False)
def end_sessions(deed: Deed) -> Done:
    """End every session of an account. Raises AccountError."""
    login = _known(deed).account.login
    ended = administration.end_sessions(deed.connection, login, by=deed.account.login, now=deed.now)
    return Done(_("已结束{count}个会话。", count=ended), login)


@act("session_end", N_("结束此会话"), SECURITY, (ACCOUNT, HANDLE), recorded=False)
def end_session(deed: Deed) -> Done:
    """End one session. Raises AccountError."""
    login = _known(deed).account.login
    administration.end_session(deed.connection, login, deed[HANDLE], by=deed.account.login, now=deed.now)
    return Done(_("会话已结束。"), login)


@act("account_factor", N_("重置第二验证"), SECURITY, (ACCOUNT,), recorded=False)
def reset_factor(deed: Deed) -> Done:
    """Take a lost second factor away. Raises AccountError."""
    login = _known(deed).account.login
    administration.reset_second_factor(deed.connection, login, by=deed.account.login, now=deed.now)
    return Done(_("账户{login}的第二验证已取消，下次登录重新设置。", login=login), login)


@act("account_tokens", N_("撤销全部令牌"), SECURITY, (ACCOUNT,), recorded=False)
def revoke_tokens(deed: Deed) -> Done:
    """End every token of an account. Raises AccountError."""
    login = _known(deed).account.login
    ended = administration.revoke_tokens(deed.connection, login, by=deed.account.login, now=deed.now)
    return Done(_("已撤销{count}个令牌。", count=ended), login)


@act("token_revoke", N_("撤销"), SECURITY, (TOKEN,), recorded=False)
def revoke_token(deed: Deed) -> Done:
    """End one token at once. Raises TokenRefused, AccountError."""
    name = deed[TOKEN]
    standing = next((one for one in tokens.tokens(deed.connection) if one.name == name), None)
    if standing is None:
        raise TokenRefused(f"there is no token {name} that is not revoked", name=name)
    demand_account(deed, standing.login)
    tokens.revoke(deed.connection, name, by=deed.account.login, now=deed.now)
    return Done(_("令牌{name}已撤销，立即失效。", name=name), name)


@act("factor_policy", N_("保存"), SECURITY, (FACTOR_ROLES,), whole=True, recorded=False)
def demand_factor(deed: Deed) -> Done:
    """Which roles need a second factor from now on. Raises FieldNotChoice."""
    roles = [Role(one) for one in deed[FACTOR_ROLES] if one in {role.value for role in Role}]
    administration.demand_second_factor(deed.connection, roles, by=deed.account.login, now=deed.now)
    return Done(_("已保存：{count}种角色须第二验证。", count=len(roles)), "factor_policy")


@act("account_find", N_("查找"), SECURITY, (WORDS,), recorded=False)
def find(deed: Deed) -> Done:
    """Lead to the account whose login or name has these words, or name those that have them."""
    words = deed[WORDS].casefold()
    mine = [one for one in list_accounts(deed.connection, deed.now) if administers(deed.account, one.account.region)]
    found = [one.account for one in mine if words in f"{one.account.login} {one.account.name}".casefold()]
    exact = [one for one in found if words in (one.login.casefold(), one.name.casefold())]
    if len(exact) == 1 or len(found) == 1:
        account = (exact or found)[0]
        return Done(
            _("已找到{name}。", name=account.name), account.login, href=account_href(deed.reading, account.login)
        )
    if not found:
        return Done(_("没有用户名或姓名含“{words}”的账户。", words=deed[WORDS]), "")
    names = _("、").join(f"{one.name}（{one.login}）" for one in found[:8])
    return Done(_("找到{count}个：{names}。请写全。", count=len(found), names=names), "")


def account_href(reading: Reading, login: str) -> str:
    """The address of an account's drawer; a login may have letters that an address has not."""
    return reading.view.href(tab="accounts", item=item_of(login), number="")


def item_of(login: str) -> str:
    """By which an address names an account."""
    return f"account-{hashlib.sha256(login.encode()).hexdigest()[:16]}"


ACTS = (
    create,
    change,
    disable,
    enable,
    reset_password,
    end_sessions,
    reset_factor,
    revoke_tokens,
    find,
)
