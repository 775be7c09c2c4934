"""Rights 权限 in one place: what an account may open, do and see, and what it answers for.

Closed unless it says open: a page that is not listed, an act that names no role, a region outside the account's own.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from data_access.books.regions import NATION, RegionTree
from data_access.intake.importers import TABLES
from data_access.intake.importers.allowance import Allowance
from rules.department import SIGNERS, Department
from rules.errors import NotAllowed
from rules.movements import MOVEMENTS
from rules.scheme import load_scheme, scheme_codes
from workflows.people.accounts import Account, Role

# Whose department is its role's, where the account names none.
DEPARTMENT_OF = {
    Role.MONITOR: Department.SOCIAL,
    Role.ASSESSOR: Department.SOCIAL,
    Role.FINANCE: Department.FISCAL,
    Role.TAX: Department.TAX,
    Role.TREASURY: Department.TREASURY,
    Role.AGENCY: Department.AGENCY,
}
MONITORS, LEADERS = frozenset({Role.MONITOR}), frozenset({Role.LEADER})
# 人社 leads: it determines, assesses and excludes.
ASSESSING = frozenset({Role.MONITOR, Role.ASSESSOR})
# Each for its department.
SIGNING = frozenset(role for role, department in DEPARTMENT_OF.items() if department in SIGNERS)
# Who answers for a case, and who works on one at all.
ANSWERING = frozenset({Role.CITY, Role.FINANCE, Role.TAX, Role.TREASURY, Role.AGENCY})
WORKING = ANSWERING | MONITORS
# Everyone with a business of their own.
OFFICES = WORKING | ASSESSING
# Who makes a budget: of these the offices that the profile's procedure names for a step.
BUDGETING = frozenset({Role.FINANCE, Role.AGENCY, Role.TAX, Role.MONITOR})
# 查看个人疑点明细: whole hash, facts and months of one suspicion, see ``sees_persons``.
SEEING_PERSONS = MONITORS | {Role.AGENCY, Role.TAX}
# 督办: who runs it beside the leader himself.
SUPERVISING = LEADERS | MONITORS
# What is written for leaders and meetings: who writes it.
WRITING = MONITORS | {Role.WRITER}
# Who puts charts and tables aside for it.
KEEPING = WRITING | LEADERS
EVERY_READER = OFFICES | LEADERS | {Role.WRITER, Role.AUDITOR}

# The three administrators 三员: none of them has a business of its own, and none does what another does.
SYSTEM, SECURITY = frozenset({Role.SYSTEM_ADMIN}), frozenset({Role.SECURITY_ADMIN})
ADMINISTRATORS = SYSTEM | SECURITY | {Role.AUDIT_ADMIN}
# Who reads the record of others; the security administrator that of audit administrators alone, see ``auditing``.
AUDITING = frozenset({Role.AUDIT_ADMIN, Role.AUDITOR})
# Tab of 系统管理 → roles that may open it, in the order of the tabs.
ADMIN_TABS: dict[str, frozenset[Role]] = {
    "health": SYSTEM,
    "sources": SYSTEM,
    "regions": SYSTEM,
    "calendar": SYSTEM,
    "parameters": SYSTEM,
    "backup": SYSTEM,
    "accounts": SECURITY,
    "sessions": SECURITY,
    "tokens": SECURITY,
    "policy": SECURITY,
    "trail": AUDITING | SECURITY,
    "seals": AUDITING,
    "exceptions": AUDITING,
    "package": AUDITING,
    "rights": ADMINISTRATORS | {Role.AUDITOR},
}

# Page path → roles that may open it.
PAGES: dict[str, frozenset[Role]] = {
    "/": EVERY_READER,
    "/budget": EVERY_READER,
    "/funds": EVERY_READER,
    "/gap": EVERY_READER | {Role.SYSTEM_ADMIN},
    "/central": EVERY_READER - {Role.CITY},
    "/outlook": ASSESSING | LEADERS | {Role.FINANCE, Role.AUDITOR},
    "/assessment": EVERY_READER,
    "/briefings": WRITING | LEADERS | {Role.AUDITOR},
    "/one-page": WRITING | LEADERS,
    "/region": EVERY_READER,
    "/calendar": EVERY_READER,
    "/messages": frozenset(Role),
    "/account": frozenset(Role),
    "/warnings": EVERY_READER,
    "/issues": EVERY_READER,
    "/thresholds": MONITORS | {Role.SYSTEM_ADMIN, Role.AUDITOR},
    "/data": WORKING | LEADERS | {Role.AUDITOR, Role.SYSTEM_ADMIN},
    "/admin": frozenset().union(*ADMIN_TABS.values()),
}


class Holder(Protocol):
    """Who holds rights: an account, or what of it decides them."""

    @property
    def role(self) -> Role: ...
    @property
    def region(self) -> str: ...
    @property
    def department(self) -> Department | None: ...


@dataclass(frozen=True, slots=True)
class Scope:
    """What of an account decides its rights: one region and everything below it, in one role and department."""

    role: Role
    region: str
    department: Department | None

    @property
    def key(self) -> str:
        """Two accounts with the same key see the same answers."""
        return f"{self.role}/{self.region}/{self.department or ''}"

    def covers(self, tree: RegionTree, region: str) -> bool:
        """Whether a region's own figures may be shown: see :func:`covers`."""
        return covers(self, tree, region)


def scope_of(account: Account) -> Scope:
    return Scope(account.role, account.region, account.department)


def covers(one: Holder, tree: RegionTree, region: str) -> bool:
    """Whether a region of a tree lies in what an account may see. Published tables of the nation are public."""
    return region in tree and (tree.national or one.region in (NATION, *tree.path(region)))


def covers_whole(one: Holder, tree: RegionTree) -> bool:
    """Whether an account sees the whole tree: a province's own, not one of its cities'."""
    return covers(one, tree, tree.root)


# --- pages and acts


def may_open(one: Holder, path: str) -> bool:
    return one.role in PAGES.get(path, frozenset())


def demand_page(one: Holder, path: str) -> None:
    """Raises NotAllowed when the page is closed to the account."""
    if not may_open(one, path):
        raise NotAllowed(f"{one.role} may not open {path}", page=path)


def administers(one: Holder, region: str) -> bool:
    """Whether an account that administers accounts does so for those of a region: the nation's for all, a province's for
    its own province, one of a city or county for none."""
    return one.region == NATION or (one.region.endswith("0000") and region != NATION and region[:2] == one.region[:2])


def may_open_tab(one: Holder, tab: str) -> bool:
    """Whether an account may open a tab of 系统管理."""
    return one.role in ADMIN_TABS.get(tab, frozenset())


def demand_tab(one: Holder, tab: str) -> None:
    """Raises NotAllowed when a tab of 系统管理 is closed to the account."""
    if not may_open_tab(one, tab):
        raise NotAllowed(f"{one.role} may not open {tab}", page=f"/admin?tab={tab}")


def may_do(one: Holder, roles: Collection[Role]) -> bool:
    """Whether an account may do what is open to some roles; to none it is closed to everyone."""
    return one.role in roles


# --- departments


def department_of(one: Holder) -> Department | None:
    """The department an account belongs to: its own, or that of its role; None for who is of none."""
    return one.department or DEPARTMENT_OF.get(one.role)


def signs_for(one: Holder) -> Department | None:
    """The department that an account signs for 会签; None for who signs for none."""
    department = department_of(one)
    return department if department in SIGNERS and one.role in SIGNING else None


def sees_persons(one: Holder, department: str) -> bool:
    """Whether an account may look at the particulars of a person of whom a comparison found something: the monitors, and
    the offices where it is theirs to verify."""
    return one.role in SEEING_PERSONS and (one.role in MONITORS or department_of(one) == department)


# --- cases 事项
#
# An assignee 承办 is a login, or ``REGION/DEPARTMENT``: everyone of that department in that region. The city's own
# accounts without a department answer for all departments of their region.


class Given(Protocol):
    """A case: where it is, and to whom it was given, at first and further down."""

    @property
    def number(self) -> str: ...
    @property
    def place(self) -> str: ...
    @property
    def chain(self) -> Sequence[str]: ...


def answers_to(account: Account, assignee: str, tree: RegionTree) -> bool:
    """Whether an account is an assignee, or one of its department."""
    region, slash, department = assignee.partition("/")
    if not slash:
        return account.login == assignee
    here = account.region == region or (account.region == NATION and region == tree.root)
    own = department_of(account)
    return here and account.role in WORKING and (own == department or (own is None and account.role is Role.CITY))


def answers(account: Account, case: Given, tree: RegionTree) -> bool:
    """Whether an account was given a case, at first or further down: it may answer it, and it is shown as its own."""
    return any(answers_to(account, assignee, tree) for assignee in case.chain)


def demand_province(account: Account, tree: RegionTree) -> None:
    """Raises NotAllowed for anyone but the province's offices that work on cases."""
    if account.role not in WORKING - {Role.CITY} or not covers_whole(account, tree):
        raise NotAllowed(f"{account.login} does not decide for the province", action="work")


def demand_monitor(account: Account, tree: RegionTree) -> None:
    """Raises NotAllowed for anyone but the province's monitors 省级监测岗."""
    demand_province(account, tree)
    if account.role not in MONITORS:
        raise NotAllowed(f"{account.login} is no monitor", action="work")


def demand_part(account: Account, case: Given, tree: RegionTree) -> None:
    """Raises NotAllowed for who neither sees the case's place nor was given the case."""
    if account.role not in WORKING or not (answers(account, case, tree) or covers(account, tree, case.place)):
        raise NotAllowed(f"{account.login} has no part in {case.number}", action="work")


def demand_assignee(account: Account, case: Given, tree: RegionTree) -> None:
    """Raises NotAllowed for who was not given the case, at first or further down."""
    if not answers(account, case, tree):
        raise NotAllowed(f"{case.number} was not given to {account.login}", action="submit")


def demand_below(account: Account, to: str, tree: RegionTree) -> None:
    """Raises NotAllowed unless an assignee ``REGION/DEPARTMENT`` lies in the account's own subtree."""
    if not covers(account, tree, to.partition("/")[0]):
        raise NotAllowed(f"{account.login} cannot give work to {to}", action="assign")


# --- data given in


@dataclass(frozen=True, slots=True)
class Delivering:
    """Who delivers a table: the departments whose provincial accounts do, and those whose city accounts do for their own
    region. ``own`` names the column in which a row names the department it speaks for, which must be the sender's.
    ``keepers``: the system administrator does too. ``second_person``: another person confirms it before it counts.
    """

    offices: frozenset[Department]
    cities: frozenset[Department | None] = frozenset()
    own: str = ""
    keepers: bool = False
    second_person: bool = False


_SOCIAL, _FISCAL = frozenset({Department.SOCIAL}), frozenset({Department.FISCAL})
_BOOKED = frozenset({Department.TAX, Department.TREASURY, Department.FISCAL, Department.AGENCY})
# A city's account without a department speaks for its region, but in no department's name.
_ANY = frozenset({*Department, None})
_MASTER = Delivering(_SOCIAL, keepers=True, second_person=True)
DELIVERIES: dict[str, Delivering] = {
    "ledger_entry": Delivering(_BOOKED, _BOOKED, own="source"),
    "plan": Delivering(_FISCAL, second_person=True),
    "opening_balance": Delivering(_FISCAL, second_person=True),
    "agency_total": Delivering(_BOOKED, _BOOKED, own="department"),
    "reported_total": Delivering(_BOOKED, _BOOKED, own="department", second_person=True),
    "bank_statement": Delivering(_FISCAL | {Department.AGENCY}, _FISCAL | {Department.AGENCY}),
    "trial_balance": Delivering(_FISCAL | {Department.AGENCY}, _FISCAL | {Department.AGENCY}),
    "unreached_item": Delivering(_BOOKED, _BOOKED, own="recorded_by"),
    "legacy_balance": Delivering(_FISCAL, second_person=True),
    "pre_transfer": Delivering(_FISCAL, second_person=True),
    "deposit": Delivering(_FISCAL),
    "published_total": Delivering(_SOCIAL, second_person=True),
    "central_year": Delivering(_SOCIAL | _FISCAL, second_person=True),
    "central_payment": Delivering(_FISCAL, second_person=True),
    "national_pooling": Delivering(_FISCAL, second_person=True),
    "statistic": Delivering(_SOCIAL | {Department.AGENCY}, _ANY),
    "disbursement_request": Delivering(_FISCAL | {Department.AGENCY}, _ANY),
    "violation": Delivering(frozenset(Department), _ANY),
    "population_structure": Delivering(_SOCIAL | {Department.AGENCY}, second_person=True),
    "mortality_table": Delivering(_SOCIAL, second_person=True),
    **dict.fromkeys(("region", "source", "calendar_day", "scheme"), _MASTER),
}
# Which movements each department books.
BOOKS: dict[Department, frozenset[str]] = {
    Department.TAX: frozenset({"collect"}),
    Department.TREASURY: frozenset({"pool"}),
    Department.AGENCY: frozenset({"local_disburse", "pay", "recover", "return"}),
    Department.FISCAL: frozenset(MOVEMENTS) - {"collect", "pay", "recover"},
    Department.SOCIAL: frozenset(),
}
# What a city books: nothing that moves an account of the province.
CITY_BOOKS = frozenset(
    {"collect", "local_receive", "local_disburse", "pay", "recover", "legacy_deposit", "legacy_mature"}
)
# Who decides on what another person delivered, and takes back what came in.
DECIDING = MONITORS | {Role.FINANCE}


class Delivery(Protocol):
    """A batch that was given in."""

    @property
    def uploaded_by(self) -> str | None: ...
    @property
    def province(self) -> str | None: ...


class Declared(Protocol):
    """A declared source, as far as it decides who delivers for it."""

    @property
    def department(self) -> str: ...
    @property
    def scheme(self) -> str: ...


def sends_for(one: Holder) -> str | None:
    """The region whose rows alone the account may send 数据上报; None for accounts of a province or the nation."""
    return None if one.region.endswith("0000") else one.region


def sees_delivery(one: Holder, login: str, delivery: Delivery) -> bool:
    """A nation's account sees every delivery, a province's its own and those that are no province's; city and county
    accounts see only what they sent themselves."""
    if sends_for(one) is not None:
        return delivery.uploaded_by == login
    return one.region == NATION or delivery.province in (None, one.region)


def _delivers(one: Holder, rule: Delivering) -> bool:
    if one.role is Role.SYSTEM_ADMIN:
        return rule.keepers
    if one.role not in WORKING:
        return False
    return department_of(one) in (rule.offices if sends_for(one) is None else rule.cities)


def uploadable(one: Holder) -> tuple[str, ...]:
    """The tables that an account may deliver, in the order of the tables."""
    return tuple(name for name in TABLES if _delivers(one, DELIVERIES[name]))


def allowance(one: Holder, target: str, sources: Mapping[str, Declared]) -> Allowance:
    """What an account may deliver of a table. ``sources``: the declared ones by code. Raises NotAllowed where nothing."""
    rule = DELIVERIES[target]
    if not _delivers(one, rule):
        raise NotAllowed(f"{one.role} of {one.region} does not deliver {target}", action="upload")
    local, department = sends_for(one), department_of(one)
    schemes = frozenset(code for code in scheme_codes() if _of_own_province(one, load_scheme(code).province))
    values: dict[str, frozenset[str]] = {} if target == "published_total" else {"scheme": schemes}
    if rule.own == "source":
        values["source"] = frozenset(
            code for code, source in sources.items() if source.department == department and source.scheme in schemes
        )
        books = BOOKS[department] if department else frozenset()
        values["movement"] = books if local is None else books & CITY_BOOKS
    elif rule.own:
        values[rule.own] = frozenset({str(department)})
    prefixes = {"code": one.region[:2]} if target == "region" and one.region != NATION else {}
    province = None if one.region == NATION else f"{one.region[:2]}0000"
    return Allowance(local, values, prefixes, rule.second_person, province)


def _of_own_province(one: Holder, province: str) -> bool:
    return NATION in (one.region, province) or one.region[:2] == province[:2]


def decides(one: Holder, login: str, delivery: Delivery) -> bool:
    """Whether an account may confirm, decline or take back a delivery: an office of its province, and never the sender."""
    return (
        one.role in DECIDING
        and sends_for(one) is None
        and sees_delivery(one, login, delivery)
        and login != delivery.uploaded_by
    )
