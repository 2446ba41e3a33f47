"""The comparison at the end of ``make chaos`` can fail: each kind of broken promise is named."""

from dataclasses import replace

import pytest

from tests.chaos.history import (
    CLOCKS,
    CONFIRMATION,
    NO_SUCH_PERSON,
    STEPS,
    Accepted,
    Acknowledged,
    History,
    StoredApplication,
    StoredDeadline,
    StoredMail,
    complaints,
)

ADA, NOBODY, KIM = "group-1@example.org", f"{NO_SUCH_PERSON}25@example.org", "chapter-1@example.org"


@pytest.fixture
def history():
    """All promises kept: two applications, one of them of an address that nobody has."""
    return History(
        groups=[KIM],
        acknowledged=[Acknowledged("A-1", ADA), Acknowledged("B-2", NOBODY)],
        accepted=[Accepted("<1>", ADA, "a"), Accepted("<3>", KIM, "c")],
        applications=[
            StoredApplication("A-1", ADA, CLOCKS),
            StoredApplication("B-2", NOBODY, CLOCKS),
        ],
        mails=[
            StoredMail(CONFIRMATION, ADA, "<1>", "sent", 0),
            StoredMail(CONFIRMATION, NOBODY, "<2>", "failed", 0),
            StoredMail("update_ask", KIM, "<3>", "sent", 0),
        ],
        deadlines=[StoredDeadline(KIM, STEPS)],
    )


def kinds(history):
    """How the complaints begin."""
    return {sentence.partition(":")[0] for sentence in complaints(history)}


def test_history_in_which_all_was_kept_has_no_complaint(history):
    assert complaints(history) == []


def test_repeat_that_is_flagged_is_no_complaint(history):
    history.accepted.append(history.accepted[0])
    history.mails[0] = replace(history.mails[0], uncertain_attempts=1)
    assert complaints(history) == []
    assert (history.repeated, history.flagged) == (1, 1)


def test_application_sent_twice_under_one_key_is_no_complaint(history):
    history.acknowledged.append(history.acknowledged[0])
    assert complaints(history) == []


def lose_application(history):
    del history.applications[0]


def acknowledge_what_never_was(history):
    history.acknowledged.append(Acknowledged("C-3", "group-3@example.org"))


def double_application(history):
    history.applications.append(replace(history.applications[0], reference="C-3"))


def double_answer(history):
    history.acknowledged.append(Acknowledged("C-3", ADA))


def repeat_without_a_flag(history):
    history.accepted.append(history.accepted[0])


def confirm_twice(history):
    history.accepted.append(Accepted("<4>", ADA, "d"))
    history.mails.append(StoredMail(CONFIRMATION, ADA, "<4>", "sent", 0))


def confirm_only_in_the_database(history):
    del history.accepted[0]


def leave_a_mail_waiting(history):
    history.mails[2] = replace(history.mails[2], state="queued")


def fail_a_mail(history):
    history.mails[0] = replace(history.mails[0], state="failed")


def say_sent_what_was_refused(history):
    history.mails[1] = replace(history.mails[1], state="sent")


def forget_a_mail(history):
    del history.mails[2]


def write_a_mail_anew(history):
    history.mails[0] = replace(history.mails[0], uncertain_attempts=1)
    history.accepted.append(replace(history.accepted[0], digest="b"))


def stop_the_clock(history):
    history.applications[0] = replace(history.applications[0], clocks=CLOCKS[1:])


def start_the_review_twice(history):
    history.applications[0] = replace(history.applications[0], clocks=(CLOCKS[0], *CLOCKS))


def miss_a_step(history):
    history.deadlines[0] = StoredDeadline(KIM, ())


def double_a_step(history):
    history.deadlines[0] = StoredDeadline(KIM, STEPS * 2)


def open_no_deadline(history):
    history.deadlines.clear()


def open_two_deadlines(history):
    history.deadlines *= 2


def ask_twice(history):
    history.accepted.append(Accepted("<4>", KIM, "d"))
    history.mails.append(StoredMail("update_ask", KIM, "<4>", "sent", 0))


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        (lose_application, {"lost"}),
        (acknowledge_what_never_was, {"lost", "confirmation"}),
        (double_application, {"doubled"}),
        (double_answer, {"lost"}),
        (repeat_without_a_flag, {"repeated"}),
        (confirm_twice, {"confirmation"}),
        (confirm_only_in_the_database, {"confirmation", "lost"}),
        (leave_a_mail_waiting, {"state"}),
        (fail_a_mail, {"state"}),
        (say_sent_what_was_refused, {"state", "lost"}),
        (forget_a_mail, {"unknown"}),
        (write_a_mail_anew, {"changed"}),
        (stop_the_clock, {"review"}),
        (start_the_review_twice, {"review"}),
        (miss_a_step, {"deadline"}),
        (double_a_step, {"deadline"}),
        (open_no_deadline, {"deadline"}),
        (open_two_deadlines, {"deadline"}),
        (ask_twice, {"deadline"}),
    ],
)
def test_broken_promise_is_named(history, spoil, expected):
    spoil(history)
    assert kinds(history) == expected
