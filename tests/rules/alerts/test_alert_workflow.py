"""What people and the clock do with a warning, in the corners of the rules."""

import pytest
from hypothesis import given, strategies as st

from rules.alerts.evaluation import CALCULATORS


def work(*steps, **policy):
    """Each step is ``(t, action, fields)``; the fields may be left out, or be the level of a ``cond``."""
    timeline = []
    for t, do, *fields in steps:
        given_fields = fields[0] if fields else {}
        given_fields = {"level": given_fields} if isinstance(given_fields, str) else given_fields
        timeline.append({"t": t, "do": do, **given_fields})
    return CALCULATORS["replay_workflow"]({"policy": policy, "timeline": timeline})


def told(rows):
    return [row["notify"] for row in rows]


def results(rows):
    return [row["result"] for row in rows]


QUIET = {"ack_sla": 10_000, "repeat": 10_000, "ack_timeout": 10_000}
ASSIGN = {"by": "sup", "to": "h", "due": 1000}
SUBMIT = {"by": "h", "evidence": 1}


def silence(start, end, max_level="red", id="s"):
    return {"id": id, "start": start, "end": end, "max_level": max_level}


# Levels


def test_before_any_warning_there_is_no_episode():
    (row,) = work((0, "tick"))
    assert row == {"notify": [], "wf": "none", "acked": False, "result": "ok", "level": "none", "episode": 0}


def test_a_blue_warning_that_nobody_took_up_closes_by_itself_and_the_next_is_a_new_one():
    rows = work((0, "cond", "blue"), (1, "cond", "none"), (2, "cond", "blue"))
    assert told(rows) == [["open"], ["recover"], ["open"]]
    assert [(row["wf"], row["episode"]) for row in rows] == [("open", 1), ("closed", 1), ("open", 2)]


def test_a_warning_that_once_rose_above_blue_stays_open_and_refires():
    rows = work((0, "cond", "yellow"), (1, "cond", "blue"), (2, "cond", "none"), (3, "cond", "blue"))
    assert told(rows) == [["open"], [], ["recover"], ["refire"]]
    assert [(row["wf"], row["level"], row["episode"]) for row in rows[2:]] == [("open", "none", 1), ("open", "blue", 1)]


def test_a_blue_warning_that_is_handled_does_not_close_by_itself():
    rows = work((0, "cond", "blue"), (1, "assign", ASSIGN), (2, "cond", "none"))
    assert rows[2]["wf"] == "handling"


def test_closing_by_itself_can_be_switched_off():
    rows = work((0, "cond", "blue"), (1, "cond", "none"), auto_close_max="none")
    assert rows[1]["wf"] == "open"


def test_the_same_level_again_tells_nothing():
    assert told(work((0, "cond", "red"), (1, "cond", "red"), (2, "cond", "none"), (3, "cond", "none")))[1::2] == [
        [],
        [],
    ]


# Acknowledging


def test_an_escalation_within_the_acknowledged_level_leaves_it_acknowledged():
    rows = work((0, "cond", "red"), (1, "ack", {"by": "a"}), (2, "cond", "yellow"), (3, "cond", "red"))
    assert told(rows)[3] == ["escalate"]
    assert rows[3]["acked"]


def test_acknowledging_after_recovery_counts_for_the_highest_level_of_the_episode():
    rows = work(
        (0, "cond", "red"),
        (1, "cond", "yellow"),
        (2, "cond", "none"),
        (3, "ack", {"by": "a"}),
        (4, "cond", "red"),
        (5, "cond", "none"),
    )
    assert told(rows)[4] == ["refire"]
    assert rows[4]["acked"]


def test_a_refire_beyond_the_acknowledged_level_has_to_be_acknowledged_again():
    rows = work((0, "cond", "yellow"), (1, "ack", {"by": "a"}), (2, "cond", "none"), (3, "cond", "orange"))
    assert not rows[3]["acked"]


def test_an_acknowledgement_that_nothing_follows_lapses_and_the_ladder_starts_again():
    rows = work(
        (0, "cond", "red"), (10, "ack", {"by": "a"}), (129, "tick"), (130, "tick"), (153, "tick"), (154, "tick")
    )
    assert told(rows)[2:] == [[], ["ack_expired"], [], ["ladder:1"]]
    assert [row["acked"] for row in rows[2:4]] == [True, False]


def test_an_acknowledgement_does_not_lapse_once_somebody_handles_it_or_it_recovered():
    rows = work((0, "cond", "red"), (1, "assign", ASSIGN), (500, "tick"))
    assert told(rows)[2] == []
    rows = work((0, "cond", "red"), (1, "ack", {"by": "a"}), (2, "cond", "none"), (500, "tick"))
    assert told(rows)[3] == []


# Ladder and reminders


def test_each_step_of_the_ladder_is_told_once_and_then_reminders_follow():
    ticks = [(t, "tick") for t in (23, 24, 47, 48, 72, 119, 120, 191, 192)]
    rows = work((0, "cond", "red"), *ticks)
    assert told(rows)[1:] == [[], ["ladder:1"], [], ["ladder:2"], [], [], ["reminder"], [], ["reminder"]]


def test_an_escalation_counts_the_ladder_from_its_first_step_again():
    rows = work((0, "cond", "yellow"), (30, "tick"), (40, "cond", "red"), (63, "tick"), (64, "tick"), (88, "tick"))
    assert told(rows)[1:] == [["ladder:1"], ["escalate"], [], ["ladder:1"], ["ladder:2"]]


def test_a_step_down_leaves_the_ladder_running():
    assert told(work((0, "cond", "red"), (10, "cond", "yellow"), (24, "tick")))[2] == ["ladder:1"]


def test_clock_rules_run_before_the_action_of_the_same_hour():
    rows = work((0, "cond", "red"), (24, "ack", {"by": "a"}), (48, "tick"))
    assert told(rows)[1:] == [["ladder:1"], []]
    rows = work((0, "cond", "red"), (24, "cond", "none"))
    assert told(rows)[1] == ["ladder:1", "recover"]


def test_a_recovered_warning_is_not_chased():
    assert told(work((0, "cond", "red"), (1, "cond", "none"), (500, "tick")))[2] == []


def test_fractions_of_an_hour_are_exact():
    rows = work((0, "cond", "red"), ("0.3", "tick"), ack_sla="0.1", max_steps=3)
    assert told(rows)[1] == ["ladder:1", "ladder:2", "ladder:3"]


# Handling


def test_a_deadline_has_to_lie_ahead():
    rows = work((0, "cond", "red"), (5, "assign", {**ASSIGN, "due": 5}), (5, "assign", {**ASSIGN, "due": 6}))
    assert results(rows)[1:] == ["invalid_due", "ok"]
    assert (rows[1]["wf"], rows[1]["acked"]) == ("open", False)


def test_an_overdue_deadline_is_told_once_and_a_new_one_again():
    rows = work(
        (0, "cond", "red"),
        (1, "assign", {**ASSIGN, "due": 10}),
        (10, "tick"),
        (11, "tick"),
        (12, "tick"),
        (13, "assign", {**ASSIGN, "due": 20}),
        (21, "tick"),
        (22, "tick"),
    )
    assert told(rows)[2:] == [[], ["overdue"], [], ["assigned"], ["overdue"], []]


def test_the_deadline_rests_while_the_answer_is_checked_and_counts_again_when_it_is_returned():
    rows = work(
        (0, "cond", "red"),
        (1, "assign", {**ASSIGN, "due": 10}),
        (9, "submit", SUBMIT),
        (12, "tick"),
        (13, "return", {"by": "sup"}),
        (14, "tick"),
        (15, "tick"),
    )
    assert told(rows)[3:] == [[], ["returned"], ["overdue"], []]


def test_overdue_is_told_while_silenced_too():
    rows = work(
        (0, "cond", "red"), (1, "assign", {**ASSIGN, "due": 10}), (2, "silence", silence(2, 50)), (11, "tick"), **QUIET
    )
    assert told(rows)[3] == ["overdue"]


def test_an_answer_is_given_by_the_assignee_first_and_with_evidence_second():
    rows = work(
        (0, "cond", "red"),
        (1, "submit", SUBMIT),
        (2, "assign", ASSIGN),
        (3, "submit", {"by": "x", "evidence": 0}),
        (4, "submit", {"by": "h", "evidence": 0}),
        (5, "submit", {"by": "h"}),
        (6, "submit", SUBMIT),
        (7, "submit", SUBMIT),
        (8, "assign", ASSIGN),
        (9, "return", {"by": "h"}),
        (10, "return", {"by": "sup"}),
        (11, "return", {"by": "sup"}),
    )
    assert results(rows)[1:] == [
        *["conflict", "ok", "forbidden", "evidence_required", "evidence_required", "ok"],
        *["conflict", "conflict", "four_eyes", "ok", "conflict"],
    ]


def test_a_new_assignee_answers_instead_of_the_old_one():
    rows = work(
        (0, "cond", "red"), (1, "assign", ASSIGN), (2, "assign", {**ASSIGN, "to": "k"}), (3, "submit", SUBMIT), **QUIET
    )
    assert results(rows)[2:] == ["ok", "forbidden"]


def submitted(level="yellow"):
    return [(0, "cond", level), (1, "assign", ASSIGN), (2, "submit", SUBMIT)]


def test_a_refire_while_submitted_goes_back_to_handling_even_within_the_acknowledged_level():
    rows = work(*submitted(), (3, "cond", "none"), (4, "cond", "yellow"))
    assert (rows[4]["wf"], rows[4]["acked"], rows[4]["notify"]) == ("handling", True, ["refire"])


def test_an_escalation_while_submitted_goes_back_to_handling_only_beyond_the_acknowledged_level():
    rows = work(*submitted("red"), (3, "cond", "yellow"), (4, "cond", "red"))
    assert (rows[4]["wf"], rows[4]["acked"], rows[4]["notify"]) == ("submitted", True, ["escalate"])
    rows = work(*submitted("yellow"), (3, "cond", "red"))
    assert (rows[3]["wf"], rows[3]["acked"]) == ("handling", False)


def test_four_eyes_stand_before_still_firing_and_both_before_closing():
    rows = work(
        *submitted(),
        (3, "close", {"by": "h", "exception": True}),
        (4, "close", {"by": "sup"}),
        (5, "close", {"by": "sup", "exception": {"reason": "r", "approver": "b", "expiry": 900}}),
    )
    assert results(rows)[3:] == ["four_eyes", "still_firing", "ok"]
    assert (rows[5]["wf"], rows[5]["level"]) == ("closed", "yellow")


def closed_by_exception(level="yellow"):
    return [*submitted(level), (3, "close", {"by": "sup", "exception": True})]


def test_getting_worse_after_a_close_by_exception_is_a_new_episode():
    rows = work(*closed_by_exception(), (4, "cond", "red"))
    assert (rows[4]["notify"], rows[4]["wf"], rows[4]["episode"], rows[4]["acked"]) == (["open"], "open", 2, False)


def test_getting_better_after_a_close_by_exception_is_told_and_leaves_it_closed():
    rows = work(*closed_by_exception("red"), (4, "cond", "yellow"), (5, "cond", "none"), (6, "cond", "yellow"))
    assert told(rows)[4:] == [[], ["recover"], ["open"]]
    assert [row["wf"] for row in rows[4:]] == ["closed", "closed", "open"]


def test_an_accepted_risk_is_not_chased():
    steps = [
        *[(0, "cond", "yellow"), (1, "assign", ASSIGN), (2, "cond", "red"), (3, "submit", SUBMIT)],
        *[(4, "close", {"by": "sup", "exception": True}), (500, "tick")],
    ]
    rows = work(*steps)
    assert not rows[-1]["acked"]
    assert told(rows)[-1] == []


@pytest.mark.parametrize("before", [[], [*submitted(), (3, "cond", "none"), (4, "close", {"by": "sup"})]])
def test_nobody_can_act_on_a_closed_or_missing_episode(before):
    actions = [("ack", {"by": "a"}), ("assign", ASSIGN), ("submit", SUBMIT), ("return", {"by": "b"})]
    steps = [(10, do, fields) for do, fields in [*actions, ("close", {"by": "b"})]]
    rows = work(*before, *steps)[len(before) :]
    assert results(rows) == ["conflict"] * 5
    assert {row["wf"] for row in rows} == {"closed" if before else "none"}


# Silence


def test_a_problem_that_came_and_went_in_silence_was_never_made_known():
    rows = work((0, "silence", silence(0, 50)), (1, "cond", "yellow"), (2, "cond", "none"), (50, "tick"))
    assert told(rows) == [[], ["withheld:open"], [], []]


def test_any_notification_really_emitted_makes_an_episode_known():
    rows = work((0, "silence", silence(0, 50)), (1, "cond", "yellow"), (2, "assign", ASSIGN), (60, "cond", "none"))
    assert told(rows) == [[], ["withheld:open"], ["assigned"], ["recover"]]


def test_what_opened_in_silence_is_caught_up_once_and_its_ladder_starts_then():
    rows = work(
        (0, "silence", silence(0, 30)), (1, "cond", "red"), (29, "tick"), (30, "tick"), (53, "tick"), (54, "tick")
    )
    assert told(rows)[1:] == [["withheld:open"], [], ["catch_up"], [], ["ladder:1"]]


def test_a_silence_over_an_open_warning_restarts_the_ladder_without_catching_up():
    rows = work((0, "cond", "red"), (1, "silence", silence(1, 30)), (30, "tick"), (53, "tick"), (54, "tick"))
    assert told(rows)[2:] == [[], [], ["ladder:1"]]


def test_a_reminder_waits_for_the_end_of_silence_and_not_longer():
    rows = work((0, "cond", "red"), (1, "silence", silence(1, 100)), (99, "tick"), (100, "tick"), ack_sla=1000)
    assert told(rows)[2:] == [[], ["reminder"]]


def test_a_silence_that_nothing_ever_met_changes_nothing():
    rows = work((0, "cond", "red"), (1, "silence", silence(5, 10)), (24, "tick"))
    assert told(rows)[2] == ["ladder:1"]


def test_a_level_beyond_the_silence_is_told_and_needs_no_catching_up():
    rows = work(
        (0, "silence", silence(0, 50, "yellow")), (1, "cond", "yellow"), (2, "cond", "red"), (3, "tick"), **QUIET
    )
    assert told(rows)[1:] == [["withheld:open"], ["escalate"], []]


def test_stepping_down_into_a_silence_restarts_the_ladder_at_its_end():
    rows = work(
        (0, "silence", silence(0, 50, "yellow")),
        (1, "cond", "red"),
        (2, "cond", "yellow"),
        (50, "tick"),
        (73, "tick"),
        (74, "tick"),
        repeat=1000,
    )
    assert told(rows)[1:] == [["open"], [], [], [], ["ladder:1"]]


def test_what_is_acknowledged_in_silence_is_not_caught_up():
    rows = work((0, "silence", silence(0, 50)), (1, "cond", "red"), (2, "ack", {"by": "a"}), (50, "tick"), (60, "tick"))
    assert told(rows)[3:] == [[], []]


def test_an_acknowledgement_lapses_only_after_the_silence():
    rows = work(
        (0, "cond", "red"), (1, "ack", {"by": "a"}), (2, "silence", silence(2, 200)), (150, "tick"), (200, "tick")
    )
    assert told(rows)[3:] == [[], ["ack_expired"]]


def test_ending_a_silence_early_catches_up_at_the_next_step_and_ending_it_twice_does_nothing():
    rows = work(
        (0, "silence", silence(0, 50)),
        (1, "cond", "red"),
        (5, "unsilence", {"id": "s"}),
        (6, "unsilence", {"id": "s"}),
        (7, "unsilence", {"id": "other"}),
    )
    assert results(rows)[2:] == ["ok", "expired", "expired"]
    assert told(rows)[2:] == [[], ["catch_up"], []]


def test_a_silence_that_has_run_out_cannot_be_ended():
    assert results(work((0, "silence", silence(0, 5)), (5, "unsilence", {"id": "s"})))[1] == "expired"


def test_a_warning_stays_silent_until_the_last_silence_over_it_ends():
    rows = work(
        (0, "silence", silence(0, 10, id="a")),
        (0, "silence", silence(5, 20, id="b")),
        (1, "cond", "red"),
        (10, "tick"),
        (20, "tick"),
    )
    assert told(rows)[3:] == [[], ["catch_up"]]


def test_inhibition_withholds_every_level_until_its_source_stops():
    rows = work((0, "inhibit_on"), (1, "cond", "red"), (40, "tick"), (41, "inhibit_off"), (42, "tick"))
    assert told(rows) == [[], ["withheld:open"], [], [], ["catch_up"]]


def test_a_withheld_refire_is_caught_up_although_the_opening_was_told():
    rows = work(
        (0, "cond", "yellow"),
        (1, "silence", silence(1, 20)),
        (2, "cond", "none"),
        (3, "cond", "yellow"),
        (20, "tick"),
    )
    assert told(rows)[2:] == [["withheld:recover"], ["withheld:refire"], ["catch_up"]]


# Disabled rules


def test_disabling_a_rule_cancels_what_was_made_known_and_leaves_the_work():
    rows = work((0, "cond", "red"), (1, "assign", ASSIGN), (2, "disable_rule"), (3, "cond", "red"))
    assert told(rows)[2:] == [["cancelled"], ["refire"]]
    assert (rows[2]["level"], rows[2]["wf"], rows[3]["episode"]) == ("none", "handling", 1)


def test_disabling_a_rule_whose_warning_was_withheld_tells_nobody():
    assert told(work((0, "silence", silence(0, 50)), (1, "cond", "red"), (2, "disable_rule")))[2] == []


def test_disabling_a_rule_that_is_quiet_cancels_nothing():
    assert told(work((0, "cond", "red"), (1, "cond", "none"), (2, "disable_rule")))[2] == []


# For every timeline

LEVEL = st.sampled_from(["none", "blue", "yellow", "orange", "red"])
WHO = st.sampled_from(["h", "sup"])
ACTIONS = st.one_of(
    st.fixed_dictionaries({"do": st.just("cond"), "level": LEVEL}),
    st.fixed_dictionaries({"do": st.sampled_from(["tick", "disable_rule", "inhibit_on", "inhibit_off"])}),
    st.fixed_dictionaries({"do": st.sampled_from(["ack", "return", "close"]), "by": WHO}),
    st.fixed_dictionaries({"do": st.just("close"), "by": WHO, "exception": st.just(True)}),
    st.fixed_dictionaries({"do": st.just("assign"), "by": WHO, "to": WHO, "due": st.integers(0, 600)}),
    st.fixed_dictionaries({"do": st.just("submit"), "by": WHO, "evidence": st.integers(0, 1)}),
    st.fixed_dictionaries(
        {
            "do": st.just("silence"),
            "id": st.sampled_from(["a", "b"]),
            "start": st.integers(0, 300),
            "end": st.integers(0, 600),
            "max_level": LEVEL,
        }
    ),
    st.fixed_dictionaries({"do": st.just("unsilence"), "id": st.sampled_from(["a", "b"])}),
)


@st.composite
def timelines(draw):
    t, timeline = 0, []
    for action in draw(st.lists(ACTIONS, min_size=1, max_size=25)):
        t += draw(st.integers(0, 60))
        timeline.append({"t": t, **action})
    return timeline


def replayed(timeline):
    return CALCULATORS["replay_workflow"]({"timeline": timeline})


@given(timelines())
def test_a_refused_action_changes_nothing(timeline):
    rows = replayed(timeline)
    refused = [index for index, row in enumerate(rows) if row["result"] != "ok"]
    ticks = [{"t": s["t"], "do": "tick"} if i in refused else s for i, s in enumerate(timeline)]
    assert [{**row, "result": "ok"} for row in rows] == replayed(ticks)


@given(timelines())
def test_episodes_are_numbered_without_gaps_and_opened_exactly_once(timeline):
    episode = 0
    for row in replayed(timeline):
        opened = [kind for kind in row["notify"] if kind in ("open", "withheld:open")]
        assert row["episode"] == episode + len(opened)
        episode = row["episode"]


@given(timelines())
def test_a_first_tick_at_the_same_hour_does_not_change_what_is_told(timeline):
    rows = replayed(timeline)
    doubled = replayed([s for step in timeline for s in ({"t": step["t"], "do": "tick"}, step)])
    merged = [a["notify"] + b["notify"] for a, b in zip(doubled[::2], doubled[1::2], strict=True)]
    assert merged == [row["notify"] for row in rows]


@given(timelines())
def test_without_silence_nothing_is_withheld_and_nothing_caught_up(timeline):
    loud = [step for step in timeline if step["do"] not in ("silence", "inhibit_on")]
    kinds = {kind for row in replayed(loud) for kind in row["notify"]}
    assert not any(kind.startswith("withheld") or kind == "catch_up" for kind in kinds)
