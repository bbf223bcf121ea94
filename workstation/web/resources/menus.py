"""`/menus`: the voice menu's versions, its map, a trial, where callers leave it; recorded prompts;
and what callers answered after their calls. Leads look, administrators change."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from aiohttp import hdrs, web

from crm_store import audit, menu_contacts, menu_leaving
from crm_store import menus as stored
from ivr import recorded
from ivr.drawing import Picture
from workstation import views
from workstation.errors import NotThere, Refused, Unreadable
from workstation.menu_desk import TRIAL_LIMIT_S, Read
from workstation.policy import Who
from workstation.traces import name_of
from workstation.web import shapes
from workstation.web.resources.menu_shapes import (
    AnsweredView,
    Answers,
    AnswersQuery,
    AnswerView,
    CheckView,
    FaultView,
    LeaverView,
    LeavingView,
    MenuText,
    MenuView,
    NewVersion,
    Period,
    Prompts,
    PromptView,
    StepCount,
    Surveyed,
    Switch,
    Trial,
    UsedMenus,
    UsedView,
    UseVersion,
    VersionView,
)
from workstation.web.routes import Asked, Route

A_WHILE = timedelta(days=7)
LONGEST_PERIOD = timedelta(days=93)
LONGEST_PAGE = 200


# ── menus ────────────────────────────────────────────────────────────────────────────────────
async def listing(asked: Asked) -> Any:
    async with asked.desk.store.read() as tx:
        uses = await stored.in_use(tx)
    return UsedMenus(items=[
        UsedView(id=name, version=uses[name].version if name in uses else None)
        for name in asked.desk.menus.names()])


async def one(asked: Asked) -> Any:
    desk, menu = asked.desk, asked.path["menu"]
    text, version = await desk.menus.used(desk.store, menu)
    async with desk.store.read() as tx:
        versions = await stored.versions(tx, menu)
        switches = {"incident": False, **await stored.switches(tx)}
    return MenuView(
        id=menu, text=text, version=version, switches=switches,
        languages=list(desk.menus.plan.speakers), map=_map(desk.menus.read(text).picture),
        versions=[VersionView(id=one.id, note=one.note, by=one.by, at=views.moment(one.at),
                              is_used=one.is_used) for one in versions])


async def version(asked: Asked) -> Any:
    async with asked.desk.store.read() as tx:
        text = await stored.text_of(tx, asked.path["menu"], asked.number("id"))
    return MenuText(text=text)


async def check(asked: Asked) -> Any:
    return _checked(asked.desk.menus.read(asked.body.text, asked.path["menu"]))


def _checked(read: Read) -> CheckView:
    return CheckView(ok=read.menu is not None, map=_map(read.picture), faults=[
        FaultView(line=one.line, place=one.place, why=one.why) for one in read.faults])


def _map(drawn: Picture | None) -> dict[str, Any] | None:
    return asdict(drawn) if drawn is not None else None


async def save(asked: Asked) -> Any:
    desk, menu = asked.desk, asked.path["menu"]
    return {"version": await desk.menus.save(
        desk.store, menu, asked.body.text, note=asked.body.note, by=name_of(asked.person),
        at=desk.clock())}


async def use(asked: Asked) -> Any:
    desk, menu = asked.desk, asked.path["menu"]
    await desk.menus.use(desk.store, menu, asked.body.version, by=name_of(asked.person),
                         at=desk.clock())
    return {"version": asked.body.version}


async def undo(asked: Asked) -> Any:
    desk, menu = asked.desk, asked.path["menu"]
    desk.menus.text(menu)
    async with desk.store.begin() as tx:
        return {"version": await stored.undo(tx, menu, by=name_of(asked.person),
                                             at=desk.clock())}


async def try_it(asked: Asked) -> Any:
    desk, body = asked.desk, asked.body
    try:
        async with asyncio.timeout(TRIAL_LIMIT_S):
            walked = await desk.menus.walked(
                desk.store, body.text, keys=body.keys, number=body.number,
                client_id=body.client_id, language=body.language, pbx={})
    except TimeoutError as exc:
        raise Refused("trial_late", "The trial took too long.", "", 503) from exc
    return {"lines": [{"kind": kind, "text": text} for kind, text in walked.lines],
            "way": walked.way}


async def turn(asked: Asked) -> Any:
    name = asked.path["name"]
    if not recorded.NAME.fullmatch(name):
        raise Unreadable("a switch has a short lower-case name")
    async with asked.desk.store.begin() as tx:
        await stored.turn(tx, name, is_on=asked.body.is_on, by=name_of(asked.person),
                          at=asked.desk.clock())
    return {"name": name, "is_on": asked.body.is_on}


# ── where callers leave, and what they say ───────────────────────────────────────────────────
async def leaving(asked: Asked) -> Any:
    since, until = _period(asked)
    async with asked.desk.store.read() as tx:
        calls, steps = await menu_leaving.leaving(tx, asked.path["menu"], since, until)
    return LeavingView(
        calls=calls, since=views.moment(since), until=views.moment(until),
        steps={name: StepCount(entered=one.entered, left=one.left)
               for name, one in steps.items()})


async def leavers(asked: Asked) -> Any:
    since, until = _period(asked)
    async with asked.desk.store.read() as tx:
        found, cursor = await menu_leaving.leavers(
            tx, asked.path["menu"], asked.path["step"], since, until,
            cursor=asked.query.cursor, limit=min(asked.query.limit, LONGEST_PAGE))
    return shapes.Listed[LeaverView](cursor=cursor, items=[LeaverView(
        id=one.id, number=one.number, client_id=one.client_id,
        started_at=views.moment(one.started_at), ended_at=views.moment_or_none(one.ended_at))
        for one in found])


async def survey(asked: Asked) -> Any:
    since, until = _period(asked)
    async with asked.desk.store.read() as tx:
        found = await menu_contacts.rated(tx, since, until)
    return Surveyed(items=found)


async def answered(asked: Asked) -> Any:
    since, until = _period(asked)
    query = asked.query
    async with asked.desk.store.read() as tx:
        found, cursor = await menu_contacts.answered(
            tx, query.menu, query.question, since, until, operator=query.operator,
            queue=query.queue, cursor=query.cursor, limit=min(query.limit, LONGEST_PAGE))
    return shapes.Listed[AnsweredView](cursor=cursor, items=[AnsweredView(
        at=views.moment(one.at), answer=one.answer, interaction_id=one.interaction_id,
        number=one.number, client_id=one.client_id) for one in found])


async def answers(asked: Asked) -> Any:
    async with asked.desk.store.read() as tx:
        found = await menu_contacts.of_interaction(tx, asked.number("id"))
    return Answers(answers=[AnswerView(question=question, answer=answer)
                            for question, answer in found])


def _period(asked: Asked) -> tuple[datetime, datetime]:
    until = asked.query.until or asked.desk.clock()
    since = asked.query.since or until - A_WHILE
    if since.tzinfo is None or until.tzinfo is None:
        raise Unreadable("a moment without a time zone")
    return max(since, until - LONGEST_PERIOD), until


# ── recorded prompts ─────────────────────────────────────────────────────────────────────────
async def prompts(asked: Asked) -> Any:
    found = await asyncio.to_thread(asked.desk.menus.prompts)
    return Prompts(items=[
        PromptView(language=language, name=name, words=words, recorded=is_there)
        for language, name, words, is_there in found])


async def record(asked: Asked) -> Any:
    """Checked, made fit for the telephone, and heard by the next caller."""
    desk, language, name = asked.desk, *_prompt(asked)
    data = bytearray()
    if asked.content is not None:
        async for block, _ in asked.content.iter_chunks():
            data += block
            if len(data) > recorded.MOST_BYTES:
                raise Refused("prompt_too_big", "The recording cannot be used.", "", 413)
    try:
        taken = await asyncio.to_thread(recorded.taken, bytes(data))
        await asyncio.to_thread(recorded.keep, desk.menus.plan.prompts_dir, language, name, taken)
    except recorded.NotUsable as exc:
        raise Refused(f"prompt_{exc.code}", "The recording cannot be used.", str(exc),
                      422) from exc
    await _note(asked, "menu.prompt_recorded", language, name)
    return {"seconds": taken.seconds, "level_db": taken.level_db, "rate": taken.rate}


async def remove(asked: Asked) -> Any:
    language, name = _prompt(asked)
    if not await asyncio.to_thread(recorded.remove, asked.desk.menus.plan.prompts_dir, language,
                                   name):
        raise NotThere("recording")
    await _note(asked, "menu.prompt_removed", language, name)
    return {}


async def hear(asked: Asked) -> Any:
    """As callers hear it: the recording, else the voice, where it was spoken already."""
    language, name = _prompt(asked)
    plan = asked.desk.menus.plan
    speaker = plan.speakers[language]
    there = await asyncio.to_thread(recorded.there, plan.prompts_dir, language)
    parts = speaker.wording.phrases.get(name, ())
    spoken = [part for part in parts if isinstance(part, str)]
    path = there.get(name) or (speaker.prompts.path_of(spoken[0]) if len(spoken) == 1 else None)
    if path is None or not (file := path.with_name(path.name + ".wav")).is_file():
        raise NotThere("sound")
    return web.FileResponse(file, headers={hdrs.CONTENT_TYPE: "audio/wav",
                                           hdrs.CACHE_CONTROL: "no-store"})


def _prompt(asked: Asked) -> tuple[str, str]:
    language, name = asked.path["language"], asked.path["name"]
    if language not in asked.desk.menus.plan.speakers or not recorded.NAME.fullmatch(name):
        raise NotThere("prompt")
    return language, name


async def _note(asked: Asked, what: str, language: str, name: str) -> None:
    async with asked.desk.store.begin() as tx:
        await audit.record(tx, by=name_of(asked.person), at=asked.desk.clock(), what=what,
                           facts={"language": language, "name": name})


LEADS, CHANGE = Who.SUPERVISORS, Who.ADMINISTRATORS
TAGS = ("menus",)
ROUTES = (
    Route(method="GET", path="/menus", who=LEADS, answer=listing, result=UsedMenus,
          says="The voice menus, and which version of each is in use."),
    Route(method="GET", path="/menus/{menu}", who=LEADS, answer=one, result=MenuView,
          says="A menu's text in use, its versions, its map, the switches."),
    Route(method="GET", path="/menus/{menu}/versions/{id}", who=LEADS, answer=version,
          result=MenuText,
          says="The text of a version."),
    Route(method="POST", path="/menus/{menu}/check", who=CHANGE, answer=check, body=MenuText,
          result=CheckView, says="Check a text: its faults with their lines, or its map."),
    Route(method="POST", path="/menus/{menu}/versions", who=CHANGE, answer=save, status=201,
          body=NewVersion, says="Keep a text that has no faults as a version, not in use yet."),
    Route(method="POST", path="/menus/{menu}/use", who=CHANGE, answer=use, body=UseVersion,
          says="Take a version into use; calls under way go on with theirs."),
    Route(method="POST", path="/menus/{menu}/undo", who=CHANGE, answer=undo,
          says="What was in use before is in use again."),
    Route(method="POST", path="/menus/{menu}/try", who=CHANGE, answer=try_it, body=Trial,
          says="Walk a text with keys, as a caller would; nothing is stored."),
    Route(method="GET", path="/menus/{menu}/leaving", who=LEADS, answer=leaving, query=Period,
          result=LeavingView,
          says="Per step how many callers came and how many hung up there."),
    Route(method="GET", path="/menus/{menu}/leaving/{step}", who=LEADS, answer=leavers,
          query=Period, result=shapes.Listed[LeaverView],
          says="The calls that ended at a step, newest first."),
    Route(method="POST", path="/menu-switches/{name}", who=LEADS, answer=turn, body=Switch,
          tags=TAGS, says="Turn a switch that menus ask for, such as `incident`."),
    Route(method="GET", path="/menu-prompts", who=LEADS, answer=prompts, tags=TAGS,
          result=Prompts,
          says="The phrases that can be recorded, by language, and which are."),
    Route(method="POST", path="/menu-prompts/{language}/{name}", who=CHANGE, answer=record,
          tags=TAGS, says="A WAV file as the body: checked, and used in place of the voice."),
    Route(method="DELETE", path="/menu-prompts/{language}/{name}", who=CHANGE, answer=remove,
          tags=TAGS, says="Back to the voice."),
    Route(method="GET", path="/menu-prompts/{language}/{name}", who=LEADS, answer=hear,
          tags=TAGS, result=bytes, says="The sound, as callers hear it."),
    Route(method="GET", path="/reports/survey", who=LEADS, answer=survey, query=Period,
          result=Surveyed,
          tags=("reports",), says="What callers answered after their calls, by question and "
                                  "operator."),
    Route(method="GET", path="/reports/survey/answers", who=LEADS, answer=answered,
          query=AnswersQuery, result=shapes.Listed[AnsweredView], tags=("reports",),
          says="The contacts behind an average of the survey, newest first."),
    Route(method="GET", path="/interactions/{id}/survey", who=LEADS, answer=answers,
          result=Answers,
          says="What the caller answered after this call."),
)
