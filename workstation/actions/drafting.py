"""What an operator types, safe on the server as he types; two screens of his are joined."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from crm_store import drafts, errors
from crm_store.base import JSON
from workstation import handing, views
from workstation.actions.conversations import NOTE_LIMIT, interaction_of, own
from workstation.desk import Desk
from workstation.errors import Refused
from workstation.policy import Person
from workstation.protocol import ConversationView, DraftView, SaveDraft
from workstation.protocol.joining import Content, content_of, join

_SAVES = 5      # two screens of one operator may save in the same moment


async def save_draft(desk: Desk, person: Person, args: SaveDraft) -> dict[str, object]:
    view = own(desk, person, args.conversation)
    check_length(args.note, args.form, args.follow)
    interaction = await interaction_of(desk, view)
    remember = partial(desk.conversations.remember_typed, person.operator, view.call)
    remember(view.draft.version, content_of(view.draft))
    typed = Content(args.note, args.disposition, args.form_type, dict(args.form),
                    dict(args.follow))
    saved, content = await _save(desk, view, interaction, args.base, typed)
    remember(saved.version, content)
    draft = draft_view(saved.version, content, saved.updated_at)
    desk.conversations.change(person.operator, view.call, draft=draft)
    _hand_on(desk, person, view, draft)
    return {"version": saved.version, "draft": draft if content != typed else None}


def check_length(note: str, *fields: Mapping[str, str]) -> None:
    longest = max(len(note), *(sum(map(len, typed.values())) for typed in fields))
    if longest > NOTE_LIMIT:
        raise Refused("too_long", "This is too long to be kept.", f"{NOTE_LIMIT} letters", 422)


def draft_view(version: int, content: Content, saved_at: datetime) -> DraftView:
    return DraftView(version=version, note=content.note, disposition=content.disposition,
                     form_type=content.form_type, form=dict(content.form),
                     follow=dict(content.follow), saved_at=views.moment(saved_at))


async def _save(desk: Desk, view: ConversationView, interaction: int, base: int,
                typed: Content) -> tuple[drafts.Draft, Content]:
    """Stored upon what is stored already: what two screens typed upon the same version is joined.
    A version that nobody remembers is written over."""
    content = typed
    for _ in range(_SAVES):
        save = partial(drafts.save, interaction_id=interaction, operator=view.operator,
                       version=base, content=_kept(content), at=desk.clock())
        try:
            return await desk.store.write(save), content
        except errors.Stale as stale:
            stored = await _stored(desk, view, interaction)
            was = desk.conversations.typed(view.operator, view.call, base)
            content = content if was is None else join(was, content, stored)
            base = stale.stored_version
            desk.conversations.remember_typed(view.operator, view.call, base, stored)
    raise Refused("busy", "Another screen is saving all the time; try again.", "", 503)


async def _stored(desk: Desk, view: ConversationView, interaction: int) -> Content:
    async with desk.store.read() as tx:
        return content_of(views.draft(await drafts.load(tx, interaction, view.operator)))


def _kept(content: Content) -> dict[str, JSON]:
    form: dict[str, JSON] = dict(content.form)
    follow: dict[str, JSON] = dict(content.follow)
    return {"note": content.note, "disposition": content.disposition,
            "form_type": content.form_type, "form": form, "follow": follow}


def _hand_on(desk: Desk, person: Person, view: ConversationView, draft: DraftView) -> None:
    """Who got the call after him sees his letters as he types on."""
    for other in desk.conversations.with_call(view.call):
        if other.operator != person.operator and other.offered_at > view.offered_at:
            handed = handing.of_draft(draft, person.operator, person.name)
            fields: dict[str, Any] = {"handed": handed}
            if other.form is not None:
                fields["form"] = handing.filled(other.form, handed)
            desk.conversations.change(other.operator, view.call, **fields)

