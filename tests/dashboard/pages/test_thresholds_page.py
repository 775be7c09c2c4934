"""预警规则: who sees it, what a form says and does, the trial beside it, the second person, files, and why no warning."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from sqlalchemy import Engine, select
from werkzeug.test import TestResponse

from dashboard import create_site
from dashboard.pages.thresholds.trial import _trials_of
from data_access.books.regions import NATION
from data_access.store import schema
from data_access.store.engine import writing
from monitoring.refresh import refresh
from tests.dashboard.conftest import Reader, hrefs, sign_in, words
from tests.dashboard.html_nodes import as_nodes
from tests.demonstration_store import NOW, PROVINCE, SCHEME, digest, site_on
from workflows.people.accounts import Role, create_account
from workflows.thresholds.proposals import waiting_proposals
from workflows.thresholds.register import TRIAL, limits, parsed
from workflows.warnings.histories import History

JSON = {"Accept": "application/json"}
PAGE = f"/thresholds?scheme={SCHEME}"
RULE = f"/thresholds/premium-deviation-low?scheme={SCHEME}"
ACT = "/act/thresholds/premium-deviation-low"
FORM = {
    "blue": "-0.5",
    "yellow": "-3",
    "orange": "-5",
    "red": "-8",
    "starts": "2026-12",
    "scheme": SCHEME,
    "reason": "meeting of 20 November",
}


class Desk:
    """A site of one's own whose store may be written to."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine = engine
        self.server = create_site(site_on(engine, folder)).server
        self.readers: dict[str, Reader] = {}

    def reader(self, login: str) -> Reader:
        if login not in self.readers:
            self.readers[login] = sign_in(self.server, login)
        return self.readers[login]

    def act(self, name: str, login: str = "p-monitor", page: str = ACT, **fields: object) -> TestResponse:
        if "token" not in fields and "set" not in fields:
            fields["set"] = str(self.set)
        return self.reader(login).client.post(f"{page}/{name}?scheme={SCHEME}", data=fields, headers=JSON)

    @property
    def set(self) -> int:
        with self.engine.connect() as connection:
            return int(connection.execute(select(schema.threshold_set.c.id)).scalars().all()[-1])

    def rows(self, indicator: str = "premium_deviation") -> list[tuple[str, str | None, str | None, str]]:
        with self.engine.connect() as connection:
            return [(row.starts, row.ends, row.scope.scheme, row.status) for row in limits(connection, indicator)]

    def audit(self) -> list[tuple[str, str, dict[str, object]]]:
        event = schema.audit_event
        with self.engine.connect() as connection:
            found = connection.execute(select(event).order_by(event.c.id)).all()
        return [(row.actor, row.action, json.loads(row.details)) for row in found]


@pytest.fixture
def desk(own_engine: Engine, tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(own_engine, tmp_path)
    with writing(own_engine) as connection:
        for login, region in (("second", PROVINCE), ("nation-monitor", NATION)):
            create_account(connection, login=login, name=login, role=Role.MONITOR, region=region, digest=digest())
    yield desk


def said(answer: TestResponse) -> str:
    content = answer.get_json()
    return str(content.get("problem") or content.get("message"))


def trial(reader: Reader, address: str, **draft: str) -> dict[str, object]:
    """The answer of the live trial to what is written."""
    known = json.loads(reader.client.get("/_dash-dependencies").data)
    owner = next(one for one in known if "trial.children" in str(one["output"]))
    parts = [part.partition(".") for part in owner["output"].strip(".").split("...")]
    question = {
        "output": owner["output"],
        "outputs": [{"id": one, "property": prop} for one, _dot, prop in parts],
        "inputs": [{"id": "trial-draft", "property": "data", "value": draft}],
        "state": [{"id": "view", "property": "data", "value": address}],
        "changedPropIds": ["trial-draft.data"],
        "parsedChangedPropsIds": ["trial-draft.data"],
    }
    answer = reader.client.post("/_dash-update-component", data=json.dumps(question), content_type="application/json")
    assert answer.status_code == 200, answer.data
    return {place: as_nodes(part["children"]) for place, part in json.loads(answer.data)["response"].items()}


# --- who sees and does what


def test_monitors_administrators_and_auditors_see_the_rules_and_nobody_else(reader: Callable[[str], Reader]) -> None:
    for login in ("p-monitor", "p-system_admin", "p-auditor"):
        assert "预警标准" in reader(login).text(PAGE)
    for login in ("p-leader", "p-finance", "c-jilin", "p-assessor", "p-security_admin"):
        assert "无权查看" in reader(login).text(PAGE)


def test_only_a_monitor_finds_the_form_and_its_acts(reader: Callable[[str], Reader]) -> None:
    assert "改标准：" in reader("p-monitor").text(RULE)
    for login in ("p-auditor", "p-system_admin"):
        assert "改标准：" not in reader(login).text(RULE) and "试算" in reader(login).text(RULE)
        answer = reader(login).client.post(f"{ACT}/save_limit?scheme={SCHEME}", data=FORM, headers=JSON)
        assert answer.status_code == 403
    assert reader("p-leader").client.get("/export-thresholds.csv").status_code == 403


def test_a_monitor_of_one_city_sets_no_limit_of_the_province(desk: Desk) -> None:
    answer = desk.act("save_limit", "monitor-of-jilin", **FORM)
    assert answer.status_code == 403 and desk.rows() == Desk.rows(desk)
    assert all(row[2] is None for row in desk.rows())


def test_the_list_shows_every_rule_by_its_side_and_the_filters_narrow_it(reader: Callable[[str], Reader]) -> None:
    text = reader("p-monitor").text(PAGE)
    assert (
        all(side in text for side in ("监督", "经办", "信息"))
        and "支出进度偏差（偏低）" in text
        and "支出进度偏差（偏高）" in text
    )
    assert "征缴进度偏差" not in reader("p-monitor").text(PAGE + "&measure=information")
    assert "没有符合条件的标准" in reader("p-monitor").text(PAGE + "&sort=off")
    assert any("/thresholds/premium-deviation-low" in href for href in hrefs(reader("p-monitor").page(PAGE)))


def test_coverage_counts_every_region_that_has_values(reader: Callable[[str], Reader]) -> None:
    client = reader("p-monitor").client
    sheet = client.get(f"/export/thresholds/coverage.csv?scheme={SCHEME}&tab=coverage").data.decode("utf-8-sig")
    assert "征缴进度偏差（偏低）" in sheet


# --- setting a limit


def test_a_saved_limit_is_a_new_row_with_its_trial_on_record(desk: Desk) -> None:
    before = desk.rows()
    answer = desk.act("save_limit", **FORM)
    assert answer.status_code == 200 and "2026年12月起生效" in said(answer)
    assert desk.rows() == [*before, ("2026-12", None, SCHEME, "confirmed")]
    actor, action, details = desk.audit()[-1]
    assert (actor, action, details["reason"]) == ("p-monitor", "save_limit", FORM["reason"])
    preview = details["preview"]
    assert isinstance(preview, dict) and preview["months"] == 24
    assert preview["wanted"]["subjects"] == preview["present"]["subjects"] > 0
    assert "meeting of 20 November" in desk.reader("p-monitor").text(RULE)


def test_a_form_made_at_an_older_set_changes_nothing(desk: Desk) -> None:
    stale = str(desk.set)
    assert desk.act("save_limit", **FORM).status_code == 200
    before = desk.rows()
    answer = desk.act("save_limit", set=stale, **{**FORM, "blue": "-0.9"})
    assert answer.status_code == 409 and desk.rows() == before
    assert desk.audit()[-1][1] == "refused:save_limit"


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ({"orange": "-2"}, "颜色越重，标准应越严"),
        ({"blue": "1,000"}, "不是数字"),
        ({"blue": "５"}, "不是数字"),
        ({"blue": "5%"}, "不是数字"),
        ({"blue": "-0.125"}, "小数最多2位"),
        ({"blue": "", "yellow": "", "orange": "", "red": ""}, "至少填一个"),
        ({"for_periods": "0"}, "从1起的整数"),
        ({"recover_periods": "半"}, "从1起的整数"),
        ({"stale_after": "0"}, "从1起的整数"),
        ({"blue_recover_at": "-0.9"}, "正常一侧"),
        ({"ends": "2026-12"}, "失效应晚于生效"),
        ({"starts": "2026年12月"}, "请写成 2026-12"),
        ({"starts": "2026-08"}, "已经评判过"),
        ({"blue": "-1", "scheme": ""}, "没有改动"),
    ],
)
def test_what_is_wrong_is_said_beside_the_form_and_forbids_saving(
    desk: Desk, written: dict[str, str], sentence: str
) -> None:
    before = desk.rows()
    told = trial(desk.reader("p-monitor"), RULE, **{**FORM, **written})
    assert sentence in words([told[place] for place in told if place != "trial"])
    answer = desk.act("save_limit", **{**FORM, **written})
    assert answer.status_code == 422 and desk.rows() == before


def test_a_remark_must_be_confirmed_before_it_is_saved(desk: Desk) -> None:
    written = {**FORM, "no_data": "ok"}
    assert "缺报会被当作好转" in words(trial(desk.reader("p-monitor"), RULE, **written)["find-no_data"])
    answer = desk.act("save_limit", **written)
    assert answer.status_code == 422 and "请先确认提示" in said(answer)
    assert desk.act("save_limit", confirmed="1", **written).status_code == 200


def test_a_limit_may_say_that_a_scope_is_deliberately_not_monitored(desk: Desk) -> None:
    assert desk.act("save_limit", place="region:220200", off="1", **FORM).status_code == 200
    city = RULE + "&region=220200"
    assert "不设预警" in desk.reader("p-monitor").text(city)


def test_without_a_reason_nothing_is_saved(desk: Desk) -> None:
    assert desk.act("save_limit", **{**FORM, "reason": " "}).status_code == 422


def test_a_limit_is_ended_from_a_period_on(desk: Desk) -> None:
    desk.act("save_limit", **FORM)
    with desk.engine.connect() as connection:
        row = limits(connection, "premium_deviation")[-1].id
    assert desk.act("end_limit", row=str(row), ends="2027-03", reason="merged").status_code == 200
    assert desk.rows()[-1][:2] == ("2026-12", "2027-03")
    assert desk.act("end_limit", row="99999", ends="2027-03", reason="merged").status_code == 422


# --- the trial


def test_the_trial_counts_both_limits_and_names_the_months(reader: Callable[[str], Reader]) -> None:
    shown = words(trial(reader("p-monitor"), RULE, **{**FORM, "blue": "0"})["trial"])
    assert "过去24个月会预警" in shown and "按现行标准" in shown and "参加试算的地区" in shown
    assert "2025年1月 蓝" in shown


def test_a_trial_is_kept_with_the_history_it_was_made_on() -> None:
    key, span = ("premium_deviation", "320100", ""), ("2026-01", "2026-12")
    limits = {key: parsed('{"operator": "lt", "levels": {"red": "-2"}}')}
    low, high = (History({key: [("2026-09", Decimal(value))]}, frozenset()) for value in (-9, 9))
    first, again = (_trials_of(low, limits, span) for _ in range(2))
    assert first[key] is again[key] and not first[key].quiet
    assert _trials_of(high, limits, span)[key].quiet


def test_a_trial_of_one_region_leaves_the_others_out(reader: Callable[[str], Reader]) -> None:
    whole = words(trial(reader("p-monitor"), RULE, **FORM)["trial"])
    one = words(trial(reader("p-monitor"), RULE, place="region:220200", **FORM)["trial"])
    assert "参加试算的地区11" in one and "参加试算的地区11" not in whole


def test_regions_with_a_limit_of_their_own_are_not_tried_with_the_provinces(desk: Desk) -> None:
    desk.act("save_limit", place="region:220200", **{**FORM, "blue": "-0.7"})
    shown = words(trial(desk.reader("p-monitor"), RULE, **{**FORM, "blue": "-0.9"})["trial"])
    assert "另有1个地区有自己的标准" in shown


texts = st.one_of(
    st.sampled_from(["", "-1", "0", "1e9", "nan", "9" * 60, "１", "-", "--1", "−2", "0x1", "breach:red"]),
    st.text(max_size=8),
)


@settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.sampled_from(
            [
                "blue",
                "yellow",
                "orange",
                "red",
                "starts",
                "ends",
                "scheme",
                "place",
                "kind",
                "operator",
                "for_periods",
                "recover_periods",
                "no_data",
                "stale_after",
                "off",
                "blue_recover_at",
                "red_for_periods",
            ]
        ),
        texts,
    )
)
def test_whatever_is_written_gets_an_answer(reader: Callable[[str], Reader], draft: dict[str, str]) -> None:
    assert "trial" in trial(reader("p-monitor"), RULE, **{**FORM, **draft})


# --- the second person


def _proposed(desk: Desk) -> str:
    answer = desk.act("save_limit", retroactive="1", **{**FORM, "starts": "2026-08"})
    assert answer.status_code == 200 and "等待第二人确认" in said(answer)
    with desk.engine.connect() as connection:
        (kept,) = waiting_proposals(connection)
    return kept.token


def test_a_start_in_the_past_waits_for_another_account(desk: Desk) -> None:
    before = desk.rows()
    token = _proposed(desk)
    assert desk.rows() == before and "待第二人确认" in desk.reader("second").text(RULE)
    own = desk.act("approve_limits", token=token)
    assert own.status_code == 422 and "提出人不能自己同意" in said(own)
    assert desk.act("approve_limits", "p-auditor", token=token).status_code == 403
    assert desk.act("approve_limits", "second", token=token).status_code == 200
    assert desk.rows()[-1] == ("2026-08", None, SCHEME, "confirmed")
    with desk.engine.connect() as connection:
        made = connection.execute(select(schema.threshold_set).order_by(schema.threshold_set.c.id.desc())).first()
    assert made is not None and (made.recorded_by, made.approved_by) == ("p-monitor", "second")
    assert desk.act("approve_limits", "second", token=token).status_code == 422


def test_a_waiting_change_that_was_overtaken_cannot_be_agreed_to(desk: Desk) -> None:
    token = _proposed(desk)
    assert desk.act("save_limit", **FORM).status_code == 200
    before = desk.rows()
    assert desk.act("approve_limits", "second", token=token).status_code == 409
    assert desk.rows() == before
    assert desk.act("reject_limits", "second", token=token, note="overtaken").status_code == 200
    assert "待第二人确认" not in desk.reader("second").text(RULE)


def test_a_retroactive_change_is_judged_by_the_next_refresh_without_new_data(desk: Desk) -> None:
    refresh(desk.engine, clock=lambda: NOW)  # what registers and parameters changed before is published
    token = _proposed(desk)
    assert desk.act("approve_limits", "second", token=token).status_code == 200
    done = refresh(desk.engine, clock=lambda: NOW)
    assert done.version is None and done.alerts is not None and done.alerts.subjects > 0
    again = refresh(desk.engine, clock=lambda: NOW)
    assert again.alerts is not None and again.alerts.subjects == 0


# --- confirming what is on trial


@contextmanager
def _on_trial(engine: Engine) -> Iterator[None]:
    with writing(engine) as connection:
        connection.execute(schema.threshold.update().where(schema.threshold.c.ended_set.is_(None)).values(status=TRIAL))
    yield


def test_trial_limits_are_confirmed_one_by_one_by_side_or_all(desk: Desk) -> None:
    with _on_trial(desk.engine), desk.engine.connect() as connection:
        first = next(row for row in limits(connection, "premium_deviation") if row.ended_set is None)
    assert "试运行" in desk.reader("p-monitor").text(PAGE)
    page = "/act/thresholds"
    assert desk.act("confirm_limits", page=page, row=str(first.id), reason="agreed").status_code == 200
    assert [row[3] for row in desk.rows()].count("confirmed") == 1
    answer = desk.act("confirm_limits", page=page, which="information", reason="agreed")
    assert answer.status_code == 200 and desk.rows("data_age")[-1][3] == "confirmed"
    assert desk.rows("income_deviation")[-1][3] == TRIAL
    assert desk.act("confirm_limits", page=page, which="all", reason="agreed").status_code == 200
    assert desk.act("confirm_limits", page=page, which="all", reason="agreed").status_code == 422


# --- files


def _export(desk: Desk, kind: str) -> bytes:
    return bytes(desk.reader("p-monitor").client.get(f"/export-thresholds.{kind}").data)


def _dry_run(desk: Desk, content: bytes, name: str, **fields: str) -> TestResponse:
    data: dict[str, Any] = {"file": (io.BytesIO(content), name), "reason": "yearly review", **fields}
    return desk.act("dry_run_limits", page="/act/thresholds/files", **data)


def _changed(desk: Desk, **cells: str) -> bytes:
    rows = list(csv.DictReader(io.StringIO(_export(desk, "csv").decode("utf-8-sig"))))
    row = next(row for row in rows if row["indicator"] == "premium_deviation")
    row.update(cells)
    out = io.StringIO()
    writer = csv.DictWriter(out, list(row))
    writer.writeheader()
    writer.writerow(row)
    return out.getvalue().encode()


def _token(answer: TestResponse) -> str:
    assert answer.status_code == 200, said(answer)
    return str(answer.get_json()["href"]).partition("number=")[2]


@pytest.mark.parametrize("kind", ["csv", "yaml"])
def test_an_export_that_comes_back_changes_nothing(desk: Desk, kind: str) -> None:
    before = desk.rows()
    answer = _dry_run(desk, _export(desk, kind), f"limits.{kind}")
    assert answer.status_code == 200 and "没有改动" in said(answer) and desk.rows() == before


def test_a_dry_run_changes_nothing_and_its_token_applies_it_whole(desk: Desk) -> None:
    before = desk.rows()
    token = _token(_dry_run(desk, _changed(desk, blue="-0.5", **{"from": "2026-12"}), "limits.csv"))
    assert desk.rows() == before
    shown = desk.reader("p-monitor").text(f"/thresholds/files?scheme={SCHEME}&number={token}")
    assert "试导结果：1项改动" in shown and "试算" in shown
    assert desk.act("apply_limits", "second", page="/act/thresholds/files", token=token).status_code == 422
    assert desk.act("apply_limits", page="/act/thresholds/files", token=token).status_code == 200
    assert desk.rows()[-1] == ("2026-12", None, None, "confirmed")
    assert desk.act("apply_limits", page="/act/thresholds/files", token=token).status_code == 422


def test_a_token_of_an_older_set_is_refused(desk: Desk) -> None:
    token = _token(_dry_run(desk, _changed(desk, blue="-0.5", **{"from": "2026-12"}), "limits.csv"))
    assert desk.act("save_limit", **FORM).status_code == 200
    before = desk.rows()
    assert desk.act("apply_limits", page="/act/thresholds/files", token=token).status_code == 409
    assert desk.rows() == before


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ({"blue": "1,23"}, "千位"),
        ({"blue": "６"}, "全角"),
        ({"blue": "6个月"}, "带了单位"),
        ({"blue": "5%"}, "百分号"),
        ({"region": "2.2E+05"}, "科学计数法"),
        ({"region": "220000.0"}, "应为 220000"),
        ({"blue": "-9"}, "颜色越重"),
        ({"blue": "-0.5"}, "已经评判过"),
    ],
)
def test_a_file_with_one_bad_row_is_refused_with_line_and_hint(
    desk: Desk, cells: dict[str, str], sentence: str
) -> None:
    answer = _dry_run(desk, _changed(desk, **cells), "limits.csv")
    assert answer.status_code == 422 and sentence in said(answer) and "第 2 行" in said(answer)


def test_an_import_that_reaches_back_waits_for_a_second_person_too(desk: Desk) -> None:
    before = desk.rows()
    token = _token(_dry_run(desk, _changed(desk, blue="-0.5"), "limits.csv", retroactive="1"))
    answer = desk.act("apply_limits", page="/act/thresholds/files", token=token)
    assert "等待第二人确认" in said(answer) and desk.rows() == before
    assert desk.act("approve_limits", "second", token=token).status_code == 200
    assert desk.rows() != before


# --- why no warning


def test_the_reason_for_silence_is_given_for_any_region_and_month(reader: Callable[[str], Reader]) -> None:
    why = f"/thresholds/why?scheme={SCHEME}&measure=premium_deviation.low&region=220200"
    text = reader("p-monitor").text(why)
    assert "以哪条标准为准" in text and "连续超限" in text and "近12期" in text
    assert "尚未定稿" in reader("p-monitor").text(why + "&span=2026-11")
    assert "未设预警标准" in reader("p-monitor").text(
        f"/thresholds/why?scheme={SCHEME}&measure=premium_deviation.high&region=220200&span=2026-10"
    )


def test_a_published_scheme_and_an_unknown_rule_say_so(desk: Desk) -> None:
    assert "没有这条规则" in desk.reader("p-monitor").text(f"/thresholds/nothing-low?scheme={SCHEME}")
    assert "公布数不设预警标准" in desk.reader("nation-monitor").text("/thresholds?scheme=published-pension")
