"""Every action: its arguments, who may ask, and the function that does it. Nothing else is one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from workstation import dialling, protocol
from workstation.actions import (
    calls,
    campaign_lists,
    campaign_pace,
    campaign_results,
    campaigns,
    client_edits,
    clients,
    controls,
    conversations,
    dial_cards,
    drafting,
    duplicates,
    fields,
    finishing,
    guiding,
    identity,
    letters,
    oversight,
    own,
    presence,
    privacy,
    recordings,
    reports,
    requests,
    search,
    supervision,
    taking,
    targets,
    tasks,
    team,
    waiting,
    walls,
    why,
)
from workstation.desk import Desk
from workstation.errors import NotAllowed, Refused, Unreadable
from workstation.leading import led
from workstation.policy import Person, Who, may
from workstation.reach import at_work
from workstation.sight import edit_in

ACTION_LIMIT_S = 15.0
Act = Callable[[Desk, Person, Any], Awaitable[dict[str, object]]]


@dataclass(frozen=True, slots=True)
class Action:
    args: type[protocol.Args]
    who: Who
    act: Act
    reads: bool = False     # changes nothing: need not wait for the person's other actions
    latest_only: bool = False   # the next one from the same screen ends it: typed on


async def end_session(desk: Desk, person: Person, args: protocol.SignOut) -> dict[str, object]:
    """The socket or the API closes the session itself: only they know which one it is."""
    return {}


TABLE: dict[str, Action] = {
    "state.set": Action(protocol.SetState, Who.OPERATORS, presence.set_state),
    "phone.attach": Action(protocol.AttachPhone, Who.OPERATORS, presence.attach_phone),
    "pin.renew": Action(protocol.pins.RenewPin, Who.OPERATORS, presence.renew_pin),
    "keys.mine": Action(protocol.own.OwnKeys, Who.SIGNED_IN, own.mine, reads=True),
    "keys.set": Action(protocol.own.SetKeys, Who.SIGNED_IN, own.set_keys),
    "session.beat": Action(protocol.own.Beat, Who.SIGNED_IN, own.beat, reads=True),
    "line.report": Action(protocol.own.ReportLine, Who.OPERATORS, own.report_line),
    "conversation.choose": Action(protocol.ChooseClient, Who.OPERATORS, conversations.choose),
    "conversation.new_client": Action(protocol.NewClient, Who.OPERATORS,
                                      conversations.new_client),
    "conversation.identity": Action(protocol.ConfirmIdentity, Who.OPERATORS,
                                    identity.confirm),
    "draft.save": Action(protocol.SaveDraft, Who.OPERATORS, drafting.save_draft),
    "conversation.finish": Action(protocol.Finish, Who.OPERATORS, finishing.finish),
    "conversation.extend": Action(protocol.ExtendWrapUp, Who.OPERATORS, finishing.extend),
    "day.show": Action(protocol.team.ShowDay, Who.SIGNED_IN, team.show_day, reads=True),
    "message.send": Action(protocol.team.SendMessage, Who.SUPERVISORS, team.send),
    "message.seen": Action(protocol.team.SeeMessage, Who.SIGNED_IN, team.seen),
    "message.list": Action(protocol.team.ListMessages, Who.SIGNED_IN, team.list_messages,
                           reads=True),
    "help.ask": Action(protocol.team.AskHelp, Who.OPERATORS, team.ask_help),
    "help.answer": Action(protocol.team.AnswerHelp, Who.SUPERVISORS, team.answer_help),
    "help.end": Action(protocol.team.EndHelp, Who.SIGNED_IN, team.end_help),
    "threshold.show": Action(protocol.floor.ShowThresholds, Who.SUPERVISORS, oversight.show,
                             reads=True),
    "threshold.save": Action(protocol.floor.SaveThresholds, Who.SUPERVISORS, oversight.save),
    "operator.state": Action(protocol.floor.SetOperatorState, Who.SUPERVISORS,
                             oversight.set_state),
    "client.why_not_called": Action(protocol.why.WhyNotCalled, Who.SIGNED_IN, why.not_called,
                                    reads=True),
    "wall.make": Action(protocol.floor.MakeWallLink, Who.SUPERVISORS, walls.make),
    "wall.list": Action(protocol.floor.ListWallLinks, Who.SUPERVISORS, walls.listing,
                        reads=True),
    "wall.revoke": Action(protocol.floor.RevokeWallLink, Who.SUPERVISORS, walls.revoke),
    "call.dialling": Action(protocol.dialling.AskDialling, Who.SIGNED_IN, dialling.preview,
                            reads=True),
    "script.show": Action(protocol.guiding.ShowScript, Who.SIGNED_IN, guiding.show, reads=True),
    "script.choose": Action(protocol.guiding.ChooseScript, Who.OPERATORS, guiding.choose),
    "script.answer": Action(protocol.guiding.AnswerScript, Who.OPERATORS, guiding.answer),
    "script.answers": Action(protocol.guiding.ListAnswers, Who.SIGNED_IN, guiding.answers,
                             reads=True),
    "proposal.list": Action(protocol.guiding.ListProposals, Who.SIGNED_IN, guiding.proposed,
                            reads=True),
    "proposal.answer": Action(protocol.guiding.AnswerProposal, Who.OPERATORS,
                              guiding.answer_proposal),
    "request.file": Action(protocol.FileRequest, Who.OPERATORS, requests.file),
    "request.list": Action(protocol.ListRequests, Who.SIGNED_IN, requests.listing, reads=True),
    "request.move": Action(protocol.MoveRequest, Who.SIGNED_IN, requests.move),
    "request.take": Action(protocol.requests.TakeRequest, Who.OPERATORS, requests.take),
    "request.hand_over": Action(protocol.requests.HandOverRequest, Who.SIGNED_IN,
                                requests.hand_over),
    "request.reopen": Action(protocol.requests.ReopenRequest, Who.SIGNED_IN, requests.reopen),
    "request.join": Action(protocol.requests.JoinRequests, Who.SIGNED_IN, requests.join),
    "request.part": Action(protocol.requests.PartRequest, Who.SIGNED_IN, requests.part),
    "request.write": Action(protocol.requests.WriteMail, Who.SIGNED_IN, letters.write),
    "request.document": Action(protocol.requests.MakeDocument, Who.SIGNED_IN,
                               letters.make_document),
    "mail.list": Action(protocol.requests.ListMails, Who.SIGNED_IN, letters.queue, reads=True),
    "mail.settle": Action(protocol.requests.SettleMail, Who.SIGNED_IN, letters.settle),
    "request.history": Action(protocol.requests.RequestHistory, Who.SIGNED_IN,
                              requests.history, reads=True),
    "client.search": Action(protocol.SearchClients, Who.SIGNED_IN, search.search, reads=True,
                            latest_only=True),
    "client.card": Action(protocol.ClientCard, Who.SIGNED_IN, clients.card, reads=True),
    "client.timeline": Action(protocol.MoreTimeline, Who.SIGNED_IN, clients.more_timeline,
                              reads=True),
    "client.change": Action(protocol.ChangeClient, Who.SIGNED_IN, client_edits.change),
    "client.history": Action(protocol.ClientHistory, Who.SIGNED_IN, client_edits.history,
                             reads=True),
    "field.list": Action(protocol.ListFields, Who.SIGNED_IN, fields.listing, reads=True),
    "field.define": Action(protocol.DefineField, Who.ADMINISTRATORS, fields.define),
    "field.alter": Action(protocol.AlterField, Who.ADMINISTRATORS, fields.alter),
    "field.retire": Action(protocol.RetireField, Who.ADMINISTRATORS, fields.retire),
    "call.hangup": Action(protocol.HangUp, Who.SIGNED_IN, calls.hang_up),
    "call.dial": Action(protocol.Dial, Who.OPERATORS, calls.dial),
    "call.targets": Action(protocol.targets.ListTargets, Who.SIGNED_IN, targets.listing,
                           reads=True),
    "call.answer": Action(protocol.controls.Answer, Who.OPERATORS, taking.answer),
    "call.hold": Action(protocol.controls.Hold, Who.OPERATORS, controls.hold),
    "call.resume": Action(protocol.controls.Resume, Who.OPERATORS, controls.resume),
    "call.mute": Action(protocol.controls.Mute, Who.OPERATORS, controls.mute),
    "call.keypad": Action(protocol.controls.Keypad, Who.OPERATORS, controls.keypad),
    "call.transfer": Action(protocol.controls.Transfer, Who.SIGNED_IN, controls.transfer),
    "call.consult": Action(protocol.controls.Consult, Who.OPERATORS, controls.consult),
    "call.swap": Action(protocol.controls.Swap, Who.OPERATORS, controls.swap),
    "call.complete": Action(protocol.controls.Complete, Who.OPERATORS, controls.complete),
    "call.cancel": Action(protocol.controls.Cancel, Who.OPERATORS, controls.cancel),
    "call.conference": Action(protocol.controls.Conference, Who.OPERATORS, controls.conference),
    "call.drop": Action(protocol.controls.Drop, Who.OPERATORS, controls.drop),
    "call.leave": Action(protocol.controls.Leave, Who.OPERATORS, controls.leave),
    "call.park": Action(protocol.controls.Park, Who.OPERATORS, controls.park),
    "call.take_back": Action(protocol.controls.TakeBack, Who.OPERATORS, taking.take_back),
    "call.pick_up": Action(protocol.controls.PickUp, Who.OPERATORS, taking.pick_up),
    "call.redirect": Action(protocol.controls.Redirect, Who.SUPERVISORS, taking.redirect),
    "call.to_menu": Action(protocol.controls.ToMenu, Who.OPERATORS, controls.to_menu),
    "call.record": Action(protocol.controls.SwitchRecording, Who.SIGNED_IN, recordings.switch),
    "call.pause_recording": Action(protocol.controls.PauseRecording, Who.SIGNED_IN,
                                   recordings.pause),
    "call.resume_recording": Action(protocol.controls.ResumeRecording, Who.SIGNED_IN,
                                    recordings.resume),
    "call.listen": Action(protocol.controls.Listen, Who.SUPERVISORS, supervision.listen),
    "call.whisper": Action(protocol.controls.Whisper, Who.SUPERVISORS, supervision.whisper),
    "call.barge": Action(protocol.controls.Barge, Who.SUPERVISORS, supervision.barge),
    "call.take_over": Action(protocol.controls.TakeOver, Who.SUPERVISORS,
                             supervision.take_over),
    "call.stop_listening": Action(protocol.controls.StopListening, Who.SUPERVISORS,
                                  supervision.stop),
    "campaign.start": Action(protocol.CampaignArgs, Who.SUPERVISORS, campaigns.start),
    "campaign.pause": Action(protocol.CampaignArgs, Who.SUPERVISORS, campaigns.pause),
    "campaign.stop": Action(protocol.CampaignArgs, Who.SUPERVISORS, campaigns.stop),
    "campaign.entries": Action(protocol.CampaignEntries, Who.SUPERVISORS, campaigns.entries,
                               reads=True),
    "campaign.pace": Action(protocol.campaigns.Pace, Who.SUPERVISORS, campaign_pace.pace),
    "campaign.make": Action(protocol.campaign_lists.MakeCampaign, Who.SUPERVISORS,
                            campaign_lists.make),
    "campaign.count": Action(protocol.campaign_lists.CountList, Who.SUPERVISORS,
                             campaign_lists.count, reads=True, latest_only=True),
    "campaign.fill": Action(protocol.campaign_lists.FillList, Who.SUPERVISORS,
                            campaign_lists.fill),
    "campaign.add": Action(protocol.campaign_lists.AddToList, Who.SUPERVISORS,
                           campaign_lists.add),
    "campaign.remove": Action(protocol.campaign_lists.RemoveFromList, Who.SUPERVISORS,
                              campaign_lists.remove),
    "campaign.import": Action(protocol.campaign_lists.ImportList, Who.SUPERVISORS,
                              campaign_lists.import_list),
    "campaign.results": Action(protocol.campaign_results.ShowResults, Who.SUPERVISORS,
                               campaign_results.show, reads=True),
    "campaign.calls": Action(protocol.campaign_results.OpenResult, Who.SUPERVISORS,
                             campaign_results.calls, reads=True),
    "campaign.again": Action(protocol.campaigns.Again, Who.SUPERVISORS, campaign_pace.again),
    "campaign.forecast": Action(protocol.campaigns.Outlook, Who.SUPERVISORS,
                                campaign_pace.forecast, reads=True),
    "campaign.progress": Action(protocol.CampaignArgs, Who.SUPERVISORS, campaign_pace.progress,
                                reads=True),
    "card.dial": Action(protocol.dial_cards.DialCard, Who.OPERATORS, dial_cards.dial),
    "card.skip": Action(protocol.dial_cards.SkipCard, Who.OPERATORS, dial_cards.skip),
    "task.make": Action(protocol.MakeTask, Who.SIGNED_IN, tasks.make),
    "task.list": Action(protocol.ListTasks, Who.SIGNED_IN, tasks.listing, reads=True),
    "task.done": Action(protocol.FinishTask, Who.SIGNED_IN, tasks.finish),
    "task.reopen": Action(protocol.ReopenTask, Who.SIGNED_IN, tasks.reopen),
    "task.hand_over": Action(protocol.HandOverTask, Who.SIGNED_IN, tasks.hand_over),
    "task.reschedule": Action(protocol.RescheduleTask, Who.SIGNED_IN, tasks.reschedule),
    "task.history": Action(protocol.TaskHistory, Who.SIGNED_IN, tasks.history, reads=True),
    "audit.list": Action(protocol.AuditList, Who.ADMINISTRATORS, privacy.listing, reads=True),
    "audit.verify": Action(protocol.AuditVerify, Who.ADMINISTRATORS, privacy.verify, reads=True),
    "person.find": Action(protocol.FindPerson, Who.ADMINISTRATORS, privacy.find, reads=True),
    "person.erase": Action(protocol.ErasePerson, Who.ADMINISTRATORS, privacy.erase),
    "person.erased": Action(protocol.ListErased, Who.ADMINISTRATORS, privacy.erased, reads=True),
    "retention.plan": Action(protocol.PlanRetention, Who.ADMINISTRATORS, privacy.plan,
                             reads=True),
    "retention.run": Action(protocol.RunRetention, Who.ADMINISTRATORS, privacy.run),
    "duplicate.check": Action(protocol.duplicates.CheckDuplicates, Who.SIGNED_IN,
                              duplicates.check, reads=True),
    "duplicate.list": Action(protocol.duplicates.ListDuplicates, Who.SUPERVISORS,
                             duplicates.listing, reads=True),
    "duplicate.compare": Action(protocol.duplicates.CompareDuplicates, Who.SUPERVISORS,
                                duplicates.compare, reads=True),
    "duplicate.decide": Action(protocol.duplicates.DecideDuplicates, Who.SUPERVISORS,
                               duplicates.decide),
    "client.merge": Action(protocol.duplicates.MergeClients, Who.SUPERVISORS, duplicates.merge),
    "client.unmerge": Action(protocol.duplicates.UnmergeClients, Who.SUPERVISORS,
                             duplicates.unmerge),
    "merge.list": Action(protocol.duplicates.ListMerges, Who.SUPERVISORS,
                         duplicates.list_merges, reads=True),
    "report.show": Action(protocol.reports.ShowReport, Who.SUPERVISORS, reports.show, reads=True),
    "report.open": Action(protocol.reports.OpenFigure, Who.SUPERVISORS, reports.open_figure,
                          reads=True),
    "waiting.show": Action(protocol.waiting.ShowWaiting, Who.SUPERVISORS, waiting.show,
                           reads=True),
    "callback.withdraw": Action(protocol.waiting.WithdrawCallBack, Who.SUPERVISORS,
                                waiting.withdraw),
    "entry.close": Action(protocol.waiting.CloseEntry, Who.SUPERVISORS, waiting.close),
    "entry.open": Action(protocol.waiting.OpenEntry, Who.SUPERVISORS, waiting.reopen),
    "incident.decide": Action(protocol.waiting.DecideIncident, Who.SUPERVISORS, waiting.decide),
    "session.end": Action(protocol.SignOut, Who.SIGNED_IN, end_session),
}


def is_latest_only(name: str) -> bool:
    return name in TABLE and TABLE[name].latest_only


async def perform(desk: Desk, person: Person, name: str,
                  raw: bytes | msgspec.Raw) -> dict[str, object]:
    """Read the arguments, check the right, do it. Raises what `errors.refusal` can translate."""
    action = TABLE.get(name)
    if action is None:
        raise Unreadable(f"there is no action {name[:40]!r}")
    if not may(person, action.who):
        raise NotAllowed(f"{name} is for {action.who.value}")
    try:
        args = msgspec.json.decode(raw, type=action.args)
    except msgspec.MsgspecError as exc:
        raise Unreadable(str(exc)) from exc
    async with asyncio.timeout(ACTION_LIMIT_S):
        args = await led(desk.store, name, args)
        await desk.sight.admit(
            person, name, getattr(args, "client_id", None), reads=action.reads,
            edit=edit_in(args), reason=getattr(args, "reason", ""))
        try:
            answer: dict[str, object] = await desk.sight.shown(
                person, await _act(desk, person, name, args), name)
        except Refused as refused:
            refused.facts = await desk.sight.shown(person, refused.facts)
            raise
        return answer


async def _act(desk: Desk, person: Person, name: str,
               args: protocol.Args) -> dict[str, object]:
    action = TABLE[name]
    here = at_work(desk, person, name, args)
    if action.reads:
        return await action.act(here, person, args)
    async with desk.turn(person):
        return await action.act(here, person, args)
