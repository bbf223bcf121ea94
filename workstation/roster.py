"""Whose phone should be in which queue, how, and what mends it where it is not ○.

An operator is in all his queues with one phone, one pause and the penalty of his skill there.
Asterisk keeps it and may lose a part: a member removed by hand, a pause in one queue only, the
last second before it was killed. What it last said whole (`Roster.kept`) is what is mended to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from cti.queues import Member


@dataclass(frozen=True, slots=True)
class Post:
    """How somebody is signed in, in all his queues."""
    interface: str
    is_paused: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Add:
    queue: str
    post: Post
    penalty: int


@dataclass(frozen=True, slots=True)
class Remove:
    queue: str
    interface: str


@dataclass(frozen=True, slots=True)
class Pause:
    queue: str
    post: Post


@dataclass(frozen=True, slots=True)
class Penalty:
    queue: str
    interface: str
    penalty: int


Repair: TypeAlias = Add | Remove | Pause | Penalty


@dataclass(slots=True)
class Roster:
    """What is remembered of each operator; nothing of it outlives the server."""
    kept: dict[str, Post] = field(default_factory=dict)
    leaving: set[str] = field(default_factory=set)      # until the floor shows it
    doubted: set[str] = field(default_factory=set)      # Asterisk was restarted: is it still so?

    def chose(self, operator: str) -> None:
        """He asks for a state himself; what was before does not count any more."""
        self.leaving.discard(operator)
        self.doubted.discard(operator)

    def left(self, operator: str) -> None:
        """He signs out: whoever is in no queue from now on is where he wants to be."""
        self.kept.pop(operator, None)
        self.doubted.discard(operator)
        self.leaving.add(operator)


def whole(members: Sequence[Member], wanted: Mapping[str, int]) -> Post | None:
    """The one post of `members` where they are in all queues of `wanted`, and only there."""
    posts = {_post(one) for one in members}
    queues = sorted(one.queue for one in members)
    return posts.pop() if len(posts) == 1 and queues == sorted(wanted) else None


def repairs(members: Sequence[Member], wanted: Mapping[str, int],
            kept: Post | None) -> tuple[Repair, ...]:
    """From `members` to one post in the queues of `wanted` (queue → penalty), least first."""
    post = kept or _likely(members)
    if post is None:
        return ()
    mine = {one.queue: one for one in members
            if one.interface == post.interface and one.queue in wanted}
    foreign = [Remove(one.queue, one.interface) for one in members if one not in mine.values()]
    missing = [Add(queue, post, penalty) for queue, penalty in wanted.items() if queue not in mine]
    unlike = [Pause(queue, post) for queue, one in mine.items() if _post(one) != post]
    misplaced = [Penalty(queue, one.interface, wanted[queue]) for queue, one in mine.items()
                 if one.penalty != wanted[queue]]
    return (*misplaced, *unlike, *missing, *foreign)


def _post(member: Member) -> Post:
    return Post(member.interface, member.is_paused, member.reason if member.is_paused else "")


def _likely(members: Sequence[Member]) -> Post | None:
    """Nothing is remembered: who is away in one queue is away; nobody is rung by mistake."""
    posts = [_post(one) for one in members]
    return next((post for post in posts if post.is_paused), posts[0] if posts else None)
