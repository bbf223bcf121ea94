"""What is amiss in the queues of an operator, and what mends it."""

from __future__ import annotations

from cti.queues import Member
from workstation.roster import Add, Pause, Penalty, Post, Remove, repairs, whole
from workstation.settings import OperatorSettings, Queue, Relax
from workstation.skills import bearable, penalty

DESK, PAGE = "PJSIP/101", "PJSIP/101-web"
READY, LUNCH = Post(DESK, is_paused=False, reason=""), Post(DESK, is_paused=True, reason="lunch")
WANTED = {"billing": 0, "outages": 2}


def member(queue: str, post: Post = READY, penalty: int = 0) -> Member:
    return Member(queue, post.interface, "101", post.is_paused, post.reason, penalty)


def test_who_is_in_all_his_queues_alike_needs_no_mending() -> None:
    members = [member("billing"), member("outages", penalty=2)]
    assert whole(members, WANTED) == READY
    assert repairs(members, WANTED, READY) == ()


def test_a_membership_that_is_gone_comes_back_as_the_others_are() -> None:
    members = [member("billing", LUNCH)]
    assert whole(members, WANTED) is None
    assert repairs(members, WANTED, None) == (Add("outages", LUNCH, 2),)


def test_who_is_in_no_queue_comes_back_where_it_is_remembered_that_he_was() -> None:
    assert repairs([], WANTED, None) == ()
    assert repairs([], WANTED, LUNCH) == (Add("billing", LUNCH, 0), Add("outages", LUNCH, 2))


def test_a_pause_in_one_queue_only_gives_way_to_what_is_remembered() -> None:
    members = [member("billing", LUNCH), member("outages", penalty=2)]
    assert repairs(members, WANTED, READY) == (Pause("billing", READY),)
    assert repairs(members, WANTED, None) == (Pause("outages", LUNCH),), "nobody rings by mistake"


def test_a_wrong_penalty_a_foreign_queue_and_a_second_phone_are_put_right() -> None:
    members = [member("billing", penalty=5), member("outages", penalty=2), member("collection"),
               member("outages", Post(PAGE, is_paused=False, reason=""))]
    assert repairs(members, WANTED, READY) == (
        Penalty("billing", DESK, 0), Remove("collection", DESK), Remove("outages", PAGE))


def test_a_level_is_a_penalty_and_a_longer_wait_bears_more_of_it() -> None:
    queue = Queue(id="metering", name="Metering", skill="metering", level=7, relax=(
        Relax(after_s=30, level=3), Relax(after_s=60, level=0)))
    master = OperatorSettings(id="101", login="a", name="A", skills={"metering": 10})
    novice = OperatorSettings(id="102", login="b", name="B")
    assert (penalty(master, queue), penalty(novice, queue)) == (0, 10)
    assert bearable(queue) == ((0, 3), (30, 7), (60, 10))
    plain = Queue(id="billing", name="Billing")
    assert (penalty(novice, plain), bearable(plain)) == (0, ())
