"""The demonstration's cases at work: some signed, given on, answered, sent back, one accepted, one silenced, an instruction.

Everything goes through the ordinary commands at instants between the judging of the signed past and now; what would lie
in the future has not happened yet.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, Engine

from data_access.books.regions import RegionTree, load_tree
from data_access.store import audit
from data_access.store.engine import writing
from monitoring.alerts.case_clock import tick_cases
from rules.alerts.threshold import Level
from rules.department import Department
from rules.month import SHANGHAI
from rules.scheme import load_scheme
from workflows.attachments import Owner, attach
from workflows.cases.commands import CaseStep, assign, hand_down, instruct, note_letter, send_back, sign, submit
from workflows.cases.register import Case, case_list, load_case
from workflows.cases.requests import decide, except_from_work, object_to_data, silence
from workflows.people.accounts import Account, By, Role

LEADER_DUE_DAYS, ANSWER_DAYS, SILENCED_DAYS = 10, 7, 20
# Hours after the judging at which each step of a story comes, so that several days lie between them.
SIGNED, GIVEN, ANSWERED, LOOKED_AT = 17, 41, 66, 90
TICKS = (46, 92)


OFFICES = {
    Department.SOCIAL: "人社局",
    Department.FISCAL: "财政局",
    Department.TAX: "税务局",
    Department.AGENCY: "社保中心",
}


@dataclass(frozen=True, slots=True)
class Scene:
    """One scheme's cases at one moment, in the hands of one person."""

    connection: Connection
    tree: RegionTree
    number: str
    now: datetime

    @property
    def case(self) -> Case:
        found = load_case(self.connection, self.number)
        assert found is not None, "cases are never deleted"
        return found

    @property
    def city(self) -> Account:
        name = self.tree.region(self.case.place).name
        return Account(
            f"demo-city-{self.case.place}", f"{name}人社局 演示", Role.CITY, self.case.place, Department.SOCIAL, True
        )

    @property
    def holder(self) -> Account:
        """Somebody of the department that leads the work there."""
        department = Department(self.office.partition("/")[2])
        name = f"{self.tree.region(self.case.place).name}{OFFICES[department]} 演示"
        return Account(f"demo-{department}-{self.case.place}", name, Role.CITY, self.case.place, department, True)

    @property
    def office(self) -> str:
        return self.case.office

    def monitor(self, second: bool = False) -> Account:
        name = "演示监测负责人" if second else "演示监测员"
        return Account(
            "demo-monitor-2" if second else "demo-monitor", name, Role.MONITOR, self.tree.root, Department.SOCIAL, True
        )

    def day(self, days: int) -> date:
        return (self.now + timedelta(days=days)).astimezone(SHANGHAI).date()


Act = Callable[[Scene], CaseStep | None]


def _sign(scene: Scene) -> CaseStep:
    return sign(scene.connection, scene.city, scene.now, scene.case, scene.case.versions)


def _assign(scene: Scene) -> CaseStep:
    days = ANSWER_DAYS
    case = scene.case
    return assign(
        scene.connection,
        scene.monitor(),
        scene.now,
        case,
        case.versions,
        to=scene.office,
        due=scene.day(days),
        text="请核实原因，按期反馈办理结果。",
    )


def _assign_shortly(scene: Scene) -> CaseStep:
    case = scene.case
    return assign(
        scene.connection,
        scene.monitor(),
        scene.now,
        case,
        case.versions,
        to=scene.office,
        due=scene.day(1),
        text="请次日反馈。",
    )


def _letter(scene: Scene) -> CaseStep:
    lead = scene.case.lead.standing
    return note_letter(
        scene.connection,
        scene.monitor(),
        scene.now,
        scene.case,
        kind="notice",
        text="请于限期内反馈原因和措施。",
        figures={lead.subject.indicator: lead.value or ""},
    )


def _hand_down(scene: Scene) -> CaseStep | None:
    below = scene.tree.children(scene.case.place)
    case = scene.case
    to = f"{below[-1] if below else case.place}/{Department.TAX}"
    return hand_down(scene.connection, scene.holder, scene.now, case, case.versions, to=to, text="请所辖县区核实。")


# What a city answers, by what the matter is about.
REPLIES = {
    "collection": ("arrears", "已核对清单并逐户催缴。"),
    "payment": ("other", "已逐项核对支出和发放明细，多支的查明原因，欠发的补发到人。"),
}
OTHER_REPLY = ("other", "已核对账目并查明原因，正在整改。")


def _submit(scene: Scene) -> CaseStep:
    case, holder = scene.case, scene.holder
    owner = Owner("warning", case.scheme, case.place, case.number)
    cause, text = REPLIES.get(case.group.value, OTHER_REPLY)
    content = f"事项 {case.number} 办理情况（演示）\n".encode()
    file = attach(
        scene.connection,
        owner,
        "办理情况.txt",
        content,
        By(holder.login, holder.name, holder.department or "", scene.now),
    )
    return submit(
        scene.connection,
        holder,
        scene.now,
        case,
        case.versions,
        cause=cause,
        text=text,
        attachments=[file],
        amount_fen=12_000_000_00,
        by=scene.day(20),
    )


def _send_back(scene: Scene) -> CaseStep:
    case = scene.case
    return send_back(scene.connection, scene.monitor(), scene.now, case, case.versions, text="请补充核对明细。")


def _object(scene: Scene) -> CaseStep:
    case = scene.case
    text = "有一批凭证入账月份有误，申请核对。"
    return object_to_data(scene.connection, scene.city, scene.now, case, case.versions, text=text)


def _except(scene: Scene) -> CaseStep:
    case, until = scene.case, scene.day(60)
    text = "政策性因素所致，年底前恢复。"
    return except_from_work(scene.connection, scene.monitor(), scene.now, case, case.versions, text=text, until=until)


def _approve(scene: Scene) -> CaseStep:
    case = scene.case
    (asked,) = case.pending
    return decide(
        scene.connection,
        scene.monitor(second=True),
        scene.now,
        case,
        case.versions,
        request=asked.id,
        granted=True,
        text="同意暂不处置，到期复核。",
    )


def _instruct(scene: Scene) -> None:
    leader = Account("demo-leader", "演示领导", Role.LEADER, scene.tree.root, None, True)
    instruct(
        scene.connection,
        leader,
        scene.now,
        scene.case,
        text="请省人社厅牵头核实，限期报结果。",
        given_to=f"{scene.tree.root}/{Department.SOCIAL}",
        due_on=scene.day(LEADER_DUE_DAYS),
    )


def _silence(scene: Scene) -> CaseStep:
    case = scene.case
    indicator = case.lead.standing.subject.indicator
    return silence(
        scene.connection,
        scene.monitor(),
        scene.now,
        scheme=case.scheme,
        region=case.place,
        indicator=indicator,
        max_level=Level.YELLOW,
        until=scene.day(SILENCED_DAYS),
        text="历史数据迁移期间，暂缓提醒。",
    ).deed


Story = Sequence[tuple[int, Act]]
# One story a city's case, the worst first; the cases after them stay as they are found.
STORIES: tuple[Story, ...] = (
    ((SIGNED, _sign), (GIVEN, _assign), (GIVEN + 1, _letter), (ANSWERED, _submit), (LOOKED_AT, _instruct)),
    (),
    ((SIGNED, _sign), (GIVEN, _assign), (ANSWERED, _submit), (LOOKED_AT, _send_back)),
    ((SIGNED, _sign),),
    ((SIGNED, _sign), (GIVEN, _assign_shortly)),
    ((SIGNED, _sign), (GIVEN, _assign), (ANSWERED, _hand_down)),
    ((SIGNED, _object),),
    ((SIGNED, _sign), (GIVEN, _assign), (ANSWERED, _submit), (LOOKED_AT, _except), (LOOKED_AT + 2, _approve)),
    ((SIGNED, _silence),),
    ((GIVEN, _assign),),
)


def work_cases(engine: Engine, schemes: Sequence[str], judged_at: datetime, now: datetime) -> None:
    """Play the stories of each scheme's cases between the judging and now; does nothing where they were played."""
    acts: list[tuple[datetime, str, str, Act | None]] = []
    for scheme in schemes:
        with engine.connect() as connection:
            province = load_scheme(scheme).province
            cases = [case for case in case_list(connection, scheme) if case.place != province]
        if any(case.steps for case in cases):
            continue
        for case, story in zip(cases, STORIES, strict=False):
            acts += [(judged_at + timedelta(hours=hours), scheme, case.number, act) for hours, act in story]
    acts += [(judged_at + timedelta(hours=hours), "", "", None) for hours in TICKS if acts]
    for at, scheme, number, act in sorted(acts, key=lambda one: one[:3]):
        if at >= now:
            return
        if act is None:
            tick_cases(engine, clock=_at(at))
        else:
            _play(engine, scheme, number, at, act)


def _at(instant: datetime) -> Callable[[], datetime]:
    return lambda: instant


def _play(engine: Engine, scheme: str, number: str, at: datetime, act: Act) -> None:
    with writing(engine) as connection:
        tree = load_tree(connection, load_scheme(scheme))
        scene = Scene(connection, tree, number, at)
        deed = act(scene)
        if deed is not None:
            audit.record(connection, "demo-monitor", f"work_{deed.step}", deed.number, dict(deed.details), at)
