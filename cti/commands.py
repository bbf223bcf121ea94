"""What we ask of Asterisk. A command never touches the floor: it moves when Asterisk says so."""

from __future__ import annotations


class Commands:
    """Each raises CommandRefused, CommandTimedOut, LinkDown or NotSendable (cti.errors).

    Nothing is ever sent twice, and nothing waits for the link to come back.
    """

    async def add_member(self, queue: str, interface: str, operator: str, *, paused: bool,
                         reason: str = "", penalty: int = 0) -> None:
        raise NotImplementedError

    async def remove_member(self, queue: str, interface: str) -> None:
        raise NotImplementedError

    async def pause_member(self, interface: str, *, paused: bool, reason: str = "") -> None:
        """In all queues at once."""
        raise NotImplementedError

    async def hang_up(self, channel: str) -> None:
        raise NotImplementedError

    async def redirect(self, channel: str, context: str, exten: str) -> None:
        raise NotImplementedError

    async def dial_attempt(self, attempt: int, channel_id: str) -> None:
        """Originate `Local/<attempt>@deskline-dial`; returning only says that it was queued."""
        raise NotImplementedError

    async def click_to_call(self, interface: str, number: str, *, caller_id: str) -> None:
        """Ring the operator's own phone (auto-answer), then dial `number` from it."""
        raise NotImplementedError
