"""Scripts and proposals in a conversation: shown with what the person may see, answers kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from crm_store import client_measures, interactions, proposal_answers, script_answers
from crm_store.base import Tx
from crm_store.proposal_answers import Said
from crm_store.script_answers import Answer
from workstation import merging, telling, texts, views
from workstation.actions.clients import is_masked
from workstation.actions.conversations import his_call, interaction_of, own
from workstation.background import card_view
from workstation.concealing import conceal
from workstation.desk import Desk
from workstation.errors import NotThere, Refused, Unreadable
from workstation.measures import number_of
from workstation.policy import Person
from workstation.proposals import choosing
from workstation.proposals.files import Proposal
from workstation.protocol import CardView, ConversationView
from workstation.protocol.guiding import (
    AnswerProposal,
    AnswerScript,
    ChooseScript,
    GivenView,
    ListAnswers,
    ListProposals,
    ProposalView,
    ProposedView,
    ScriptChoice,
    ScriptStepView,
    ScriptView,
    ShowScript,
)
from workstation.requests.kinds import said as in_language
from workstation.scripts import course
from workstation.scripts.files import Ask, Script, Step
from workstation.telling import Told
from workstation.terminal.formats import count, day

LATEST = timedelta(days=5 * 366)        # a client who says "later" names a day within this


# ── scripts ──────────────────────────────────────────────────────────────────────────────────
async def show(desk: Desk, person: Person, args: ShowScript) -> dict[str, object]:
    return await _shown(desk, person, own(desk, person, args.conversation))


async def choose(desk: Desk, person: Person, args: ChooseScript) -> dict[str, object]:
    view = his_call(desk, person, args.conversation)
    if args.script not in desk.guidance.scripts:
        raise NotThere("script")
    await _keep(desk, person, view, args.script, "", "")
    return await _shown(desk, person, own(desk, person, args.conversation))


async def answer(desk: Desk, person: Person, args: AnswerScript) -> dict[str, object]:
    view = his_call(desk, person, args.conversation)
    script = desk.guidance.scripts.get(args.script)
    if script is None:
        raise NotThere("script")
    told, given = await _told_of(desk, person, view), await _given(desk, view)
    way = course.course(script, telling.facts(told), _answers(given, script))
    step = next((one for one in way.steps if one.id == args.step), None)
    if step is None or step.ask is None:
        raise Refused("not_on_the_way", "This step is not reached.", args.step)
    try:
        kept = course.read(step.ask, args.answer)
    except course.AnswerWrong as wrong:
        raise Refused("answer_invalid", "This is no answer to the question.", wrong.code, 422,
                      {"code": wrong.code}) from wrong
    await _keep(desk, person, view, script.id, step.id, kept)
    return await _shown(desk, person, own(desk, person, args.conversation))


async def answers(desk: Desk, person: Person, args: ListAnswers) -> dict[str, object]:
    """Those of a contact whose client he may see."""
    async with desk.store.read() as tx:
        row = await interactions.one(tx, args.interaction)
        given = await script_answers.latest(tx, args.interaction)
    await desk.sight.admit(person, "script.answers", row.client_id, reads=True)
    return {"answers": [one for one in (_told_answer(desk, person, item) for item in given)
                        if one is not None]}


def _told_answer(desk: Desk, person: Person, given: Answer) -> GivenView | None:
    script = desk.guidance.scripts.get(given.script)
    step = script.one(given.step) if script is not None else None
    if not given.step or not given.answer:
        return None
    language = person.locale
    return GivenView(
        script=in_language(script.title, language) if script else given.script,
        question=in_language(step.ask.label or step.text, language)
        if step is not None and step.ask is not None else given.step,
        answer=in_words(step.ask, given.answer, desk, person)
        if step is not None and step.ask is not None else given.answer,
        by=given.by, at=views.moment(given.at))


async def _keep(desk: Desk, person: Person, view: ConversationView, script: str, step: str,
                said: str) -> None:
    """An event; every screen of his learns that something was answered."""
    interaction, now = await interaction_of(desk, view), desk.clock()
    async with desk.store.begin() as tx:
        await script_answers.add(tx, interaction, Answer(script, step, said, person.operator,
                                                         now))
    desk.conversations.change(person.operator, view.call, guided_at=views.moment(now))


async def _given(desk: Desk, view: ConversationView) -> list[Answer]:
    interaction = await interaction_of(desk, view)
    async with desk.store.read() as tx:
        return await script_answers.latest(tx, interaction)


def _answers(given: Sequence[Answer], script: Script) -> dict[str, str]:
    return {one.step: one.answer for one in given if one.script == script.id and one.step}


async def _shown(desk: Desk, person: Person, view: ConversationView) -> dict[str, object]:
    scripts, given = desk.guidance.scripts, await _given(desk, view)
    chosen = next((one.script for one in reversed(given) if not one.step), None) or next(
        (one.script for one in reversed(given)), view.script)
    others = [ScriptChoice(id=one.id, title=in_language(one.title, person.locale))
              for one in scripts.values()]
    script = scripts.get(chosen)
    if script is None:
        return {"script": None, "others": others}
    told = await _told_of(desk, person, view)
    return {"script": _picture(desk, person, script, told, given), "others": others}


def _picture(desk: Desk, person: Person, script: Script, told: Told,
             given: Sequence[Answer]) -> ScriptView:
    known = {one.step: one for one in given if one.script == script.id and one.step}
    way = course.course(script, telling.facts(told),
                        {step: one.answer for step, one in known.items()})
    values = telling.values(told)
    for step in way.steps:
        if step.ask is not None and step.id in known:
            values[f"answer.{step.id}"] = in_words(step.ask, known[step.id].answer, desk, person)
    return ScriptView(
        id=script.id, title=in_language(script.title, person.locale), done=way.is_done,
        steps=[_step(step, known.get(step.id), values, person.locale) for step in way.steps])


def _step(step: Step, given: Answer | None, values: dict[str, str],
          language: str) -> ScriptStepView:
    ask = step.ask
    return ScriptStepView(
        id=step.id, text=merging.merged(in_language(step.text, language), values),
        ask=ask.kind if ask else "", required=ask.required if ask else False,
        label=in_language(ask.label, language) if ask and ask.label else "",
        choices=_choices(ask, language) if ask else [],
        answer=given.answer if given and ask else None,
        said=values.get(f"answer.{step.id}", ""),
        by=given.by if given else "", at=views.moment(given.at) if given else None)


def _choices(ask: Ask, language: str) -> list[list[str]]:
    if ask.kind == "yes_no":
        say = texts.translator(language)
        return [[value, say(f"script.{value}")] for value in ("yes", "no")]
    return [[option.value, in_language(option.label, language)] for option in ask.choices]


def in_words(ask: Ask, said: str, desk: Desk, person: Person) -> str:
    """An answer as people read it."""
    labels = dict(_choices(ask, person.locale))
    if said in labels:
        return labels[said]
    if ask.kind == "date" and said:
        return day(said, person.locale, desk.clock(), desk.zone)
    if ask.kind == "sum" and (number := number_of(said)) is not None:
        return f"{count(number, person.locale)} {desk.settings.company.currency}"
    return said


# ── what is known ────────────────────────────────────────────────────────────────────────────
async def _told_of(desk: Desk, person: Person, view: ConversationView) -> Told:
    """Of his own conversation: through the lens that his screens have."""
    card = None if view.card is None else conceal(view.card, desk.sight.lens_of(person))
    async with desk.store.read() as tx:
        return await _told(tx, desk, person, card, view)


async def _told(tx: Tx, desk: Desk, person: Person, card: CardView | None,
                view: ConversationView | None) -> Told:
    measures = None
    if card is not None:
        besides = None if view is None else await interactions.by_call(tx, view.call)
        measures = await client_measures.of_client(
            tx, card.client_id, now=desk.clock(), besides=besides.id if besides else None)
    return Told(card=card, measures=measures, conversation=view, now=desk.clock(),
                zone=desk.zone, locale=person.locale, operator=person.name,
                company=desk.settings.company.name)


# ── proposals ────────────────────────────────────────────────────────────────────────────────
async def proposed(desk: Desk, person: Person, args: ListProposals) -> dict[str, object]:
    told, answered = await _about(desk, person, args.client_id, args.conversation)
    return _proposals(desk, person, told, answered)


async def answer_proposal(desk: Desk, person: Person,
                          args: AnswerProposal) -> dict[str, object]:
    told, answered = await _about(desk, person, args.client_id, args.conversation)
    proposal = next((one for one in _standing(desk, told, answered)
                     if one.id == args.proposal and one.kind == "offer"), None)
    if proposal is None:
        raise Refused("not_proposed", "This is not proposed to him now.", args.proposal)
    said = await _said(desk, person, args, proposal, told)
    async with desk.store.begin() as tx:
        await proposal_answers.add(tx, args.client_id, said, dict(proposal.title))
    if told.conversation is not None:
        desk.conversations.change(person.operator, told.conversation.call,
                                  guided_at=views.moment(said.at))
    return _proposals(desk, person, told, {**answered, proposal.id: said})


async def _said(desk: Desk, person: Person, args: AnswerProposal, proposal: Proposal,
                told: Told) -> Said:
    now, view = desk.clock(), told.conversation
    until = choosing.until(proposal, args.answer, now, _day_of(desk, args.until_on, now))
    why = merging.merged(in_language(proposal.why, person.locale), telling.values(told))
    return Said(proposal=proposal.id, answer=args.answer, until_at=until, why=why,
                by=person.operator, at=now,
                interaction_id=await interaction_of(desk, view) if view is not None else None)


def _day_of(desk: Desk, text: str | None, now: datetime) -> datetime | None:
    """The beginning of that day. Raises Unreadable."""
    if text is None:
        return None
    try:
        at = datetime.combine(date.fromisoformat(text), time(), desk.zone)
    except ValueError:
        raise Unreadable("until_on is no day") from None
    if not now < at < now + LATEST:
        raise Refused("answer_invalid", "This day is past or too far away.", text, 422,
                      {"code": "no_date"})
    return at


async def _about(desk: Desk, person: Person, client_id: int,
                 conversation: int | None) -> tuple[Told, dict[str, Said]]:
    """His own conversation's client, or a card he opened."""
    view = None if conversation is None else own(desk, person, conversation)
    if view is not None and view.client_id != client_id:
        raise NotThere("client in this conversation")
    if view is not None and view.card is not None:
        told = await _told_of(desk, person, view)
        async with desk.store.read() as tx:
            return told, await proposal_answers.latest(tx, client_id)
    masked = is_masked(desk, person, client_id)
    async with desk.store.read() as tx:
        card = await card_view(tx, client_id, [], masked=masked)
        answered = await proposal_answers.latest(tx, client_id)
    seen: CardView = await desk.sight.shown(person, card, "proposal.list")
    async with desk.store.read() as tx:
        return await _told(tx, desk, person, seen, None), answered


def _standing(desk: Desk, told: Told, answered: dict[str, Said]) -> list[Proposal]:
    known = {name: choosing.Answered(one.answer, one.at, one.until_at)  # type: ignore[arg-type]
             for name, one in answered.items()}
    return choosing.standing(desk.guidance.proposals.values(), telling.facts(told), known,
                             told.now, told.zone)


def _proposals(desk: Desk, person: Person, told: Told,
               answered: dict[str, Said]) -> dict[str, object]:
    language, values = person.locale, telling.values(told)
    return {
        "proposals": [ProposalView(
            id=one.id, kind=one.kind, title=in_language(one.title, language),
            say=merging.merged(in_language(one.say, language), values),
            why=merging.merged(in_language(one.why, language), values))
            for one in _standing(desk, told, answered)],
        "answered": [_proposed(desk, one, language) for one in sorted(
            answered.values(), key=lambda one: one.at, reverse=True)]}


def _proposed(desk: Desk, said: Said, language: str) -> ProposedView:
    proposal = desk.guidance.proposals.get(said.proposal)
    return ProposedView(
        id=said.proposal, title=in_language(proposal.title, language) if proposal
        else said.proposal, answer=said.answer,  # type: ignore[arg-type]
        until=views.moment_or_none(said.until_at), by=said.by, at=views.moment(said.at))
