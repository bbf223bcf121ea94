"""What a screen may ask: the arguments of each action, who may, and what the reply holds."""

from __future__ import annotations

from typing import Literal

import msgspec

from workstation.protocol import (
    campaign_lists,
    campaign_results,
    campaigns,
    clients,
    controls,
    dial_cards,
    dialling,
    duplicates,
    floor,
    guiding,
    own,
    pins,
    privacy,
    reports,
    requests,
    targets,
    tasks,
    team,
    waiting,
    why,
)
from workstation.protocol.args import Args
from workstation.protocol.working import ConfirmIdentity, ExtendWrapUp, Finish, SaveDraft


class SetState(Args, frozen=True, kw_only=True):
    """`state.set`, operators: result {}. `reason` is one of the catalogue's pause reasons."""
    state: Literal["ready", "paused", "offline"]
    reason: str = ""


class AttachPhone(Args, frozen=True, kw_only=True):
    """`phone.attach`, operators: which of one's two phones shall ring. Result {}."""
    phone: Literal["web", "desk"]


class ChooseClient(Args, frozen=True, kw_only=True):
    """`conversation.choose`, its operator: None = none of these. Result {}."""
    conversation: int
    client_id: int | None


class NewClient(Args, frozen=True, kw_only=True):
    """`conversation.new_client`, its operator: result {"client_id": int}."""
    conversation: int
    name: str
    kind: Literal["person", "organisation"] = "person"


class FileRequest(Args, frozen=True, kw_only=True):
    """`request.file`, operators: result {"id", "number", "group", "due_at", "same_matter": [id]}.

    Problem `form_invalid` with detail naming the fields.
    """
    client_id: int
    type: str
    fields: dict[str, str]
    conversation: int | None = None


class ListRequests(Args, frozen=True, kw_only=True):
    """`request.list`, members of the group, supervisors: result {"requests": [RequestView]}."""
    group: str | None = None
    include_closed: bool = False


class MoveRequest(Args, frozen=True, kw_only=True):
    """`request.move`, members of its group, supervisors: result {"request": RequestView}."""
    id: int
    stage: str
    note: str = ""


class SearchClients(Args, frozen=True, kw_only=True):
    """`client.search`, anybody signed in: result {"hits": [HitView]}, best first.

    The next one from the same screen ends it: its result is then null.
    """
    text: str


class ClientCard(Args, frozen=True, kw_only=True):
    """`client.card`, operators: result {"card": CardView, "timeline": […], "cursor": …}.

    Problem `reason_needed` when he opened as many cards as he may in an hour or a day: facts
    {"hour", "day", "per_hour", "per_day"}; with a `reason` it opens. Or `view_limit`: it does not.
    """
    client_id: int
    reason: str = ""


class MoreTimeline(Args, frozen=True, kw_only=True):
    """`client.timeline`, operators: result {"items": [TimelineView], "cursor": str | None}."""
    client_id: int
    cursor: str | None
    kinds: list[str] = msgspec.field(default_factory=list)


class HangUp(Args, frozen=True, kw_only=True):
    """`call.hangup`, the call's operator, supervisors: result {}."""
    call: str


class CampaignArgs(Args, frozen=True, kw_only=True):
    """`campaign.start` · `campaign.pause` · `campaign.stop`, supervisors: result {}."""
    campaign: int


class CampaignEntries(Args, frozen=True, kw_only=True):
    """`campaign.entries`, supervisors: result {"entries": [{client_id, name, numbers, state,
    why, sentence, since, attempts, next_at}], "cursor": str | None}. `state` filters."""
    campaign: int
    state: str | None = None
    cursor: str | None = None


class SignOut(Args, frozen=True, kw_only=True):
    """`session.end`, anybody: the session is over, the socket closes."""


ACTIONS: dict[str, type[Args]] = {
    "state.set": SetState,
    "phone.attach": AttachPhone,
    "conversation.choose": ChooseClient,
    "conversation.new_client": NewClient,
    "conversation.identity": ConfirmIdentity,
    "draft.save": SaveDraft,
    "conversation.finish": Finish,
    "conversation.extend": ExtendWrapUp,
    "request.file": FileRequest,
    "request.list": ListRequests,
    "request.move": MoveRequest,
    **requests.ACTIONS,
    "client.search": SearchClients,
    "client.card": ClientCard,
    "client.timeline": MoreTimeline,
    "client.change": clients.ChangeClient,
    "client.history": clients.ClientHistory,
    "field.list": clients.ListFields,
    "field.define": clients.DefineField,
    "field.alter": clients.AlterField,
    "field.retire": clients.RetireField,
    "call.hangup": HangUp,
    **dialling.ACTIONS,
    **dial_cards.ACTIONS,
    **campaign_lists.ACTIONS,
    **campaign_results.ACTIONS,
    **controls.ACTIONS,
    **targets.ACTIONS,
    **pins.ACTIONS,
    **guiding.ACTIONS,
    **team.ACTIONS,
    **waiting.ACTIONS,
    **floor.ACTIONS,
    **why.ACTIONS,
    **own.ACTIONS,
    **reports.ACTIONS,
    "campaign.start": CampaignArgs,
    "campaign.pause": CampaignArgs,
    "campaign.stop": CampaignArgs,
    "campaign.entries": CampaignEntries,
    "campaign.pace": campaigns.Pace,
    "campaign.again": campaigns.Again,
    "campaign.forecast": campaigns.Outlook,
    "campaign.progress": CampaignArgs,
    "task.make": tasks.MakeTask,
    "task.list": tasks.ListTasks,
    "task.done": tasks.FinishTask,
    "task.reopen": tasks.ReopenTask,
    "task.hand_over": tasks.HandOverTask,
    "task.reschedule": tasks.RescheduleTask,
    "task.history": tasks.TaskHistory,
    "audit.list": privacy.AuditList,
    "audit.verify": privacy.AuditVerify,
    "person.find": privacy.FindPerson,
    "person.erase": privacy.ErasePerson,
    "person.erased": privacy.ListErased,
    "retention.plan": privacy.PlanRetention,
    "retention.run": privacy.RunRetention,
    **duplicates.ACTIONS,
    "session.end": SignOut,
}
