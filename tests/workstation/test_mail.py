"""Mails in and out over real IMAP and SMTP servers: matched, filed, acknowledged, joined."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from crm_store import mails
from crm_store.tables.client_facts import ClientEmails
from crm_store.tables.mails import Mails
from crm_store.tables.outbox import Outbox
from tests.workstation.office import Office, add_client, open_office, settings_in
from tests.workstation.post_office import PASSWORD, PostOffice, dovecot, sending
from workstation.requests import delivering, letters, receiving
from workstation.requests.settings import Mailbox, RequestSettings, WebForm
from workstation.settings import letters_folder

SOON_S = 30.0
US, IVAN = "help@volga.example", "ivan@mail.example"
PDF = b"%PDF-1.7\n%a bill"
LIMITS = letters.Limits(attachment_bytes=1000, attachments=3)


@pytest.fixture
def post(tmp_path: Path) -> Iterator[PostOffice]:
    folder = tmp_path / "post"
    folder.mkdir()
    for parent in (tmp_path, *tmp_path.parents):    # the mail server's own user must get there
        if parent == Path(tempfile.gettempdir()):
            break
        parent.chmod(0o755)
    with dovecot(folder) as opened:
        yield opened


@asynccontextmanager
async def _office(folder: Path, post: PostOffice, **more: Any) -> AsyncIterator[Office]:
    secret = folder / "mail-password"
    secret.write_text(PASSWORD + "\n")
    secret.chmod(0o600)
    async with sending(post):
        box = Mailbox(address=US, imap_host="127.0.0.1", imap_port=post.imap_port,
                      imap_tls=False, smtp_host="127.0.0.1", smtp_port=post.smtp_port,
                      smtp_tls=False, login="help", password_file=secret, poll_s=0.2, **more)
        settings = settings_in(folder / "data").model_copy(update={"requests": RequestSettings(
            mailbox=box, web_form=WebForm(on=True, seconds=0))})
        async with open_office(folder / "data", settings=settings) as office:
            yield office


async def _reads_mail(office: Office, client: int, address: str = IVAN) -> None:
    async with office.store.begin() as tx:
        await tx.run(insert(ClientEmails).values(
            email=address, client_id=client, original=address, is_primary=True, source="test",
            trust=60, created_at=datetime.now(UTC)))


def _letter(subject: str, text: str, *, sender: str = f"Ivan Ivanov <{IVAN}>",
            **headers: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, US, subject
    mail["Message-ID"] = f"<{abs(hash((subject, text, sender)))}@mail.example>"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail


async def _until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(SOON_S):
        while not is_so():      # noqa: ASYNC110 - it comes from another program
            await asyncio.sleep(0.02)


async def _stored(office: Office, count: int) -> list[mails.Mail]:
    """The mails in the base, once so many have come in."""
    async with asyncio.timeout(SOON_S):
        while True:
            async with office.store.read() as tx:
                ids = [row.id for row in await tx.all(
                    select(Mails.id).where(Mails.direction == "in").order_by(Mails.id))]
                if len(ids) >= count:
                    return [await mails.one(tx, one) for one in ids]
            await asyncio.sleep(0.02)


async def test_a_mail_a_web_form_and_a_call_about_one_matter_end_as_one_request(
    tmp_path: Path, post: PostOffice
) -> None:
    async with _office(tmp_path, post) as office:
        client = await add_client(office, "Ivanov")
        await _reads_mail(office, client)
        mail = _letter("Complaint", "I complain: the man was rude. Card 4111 1111 1111 1111.")
        mail.add_attachment(PDF, maintype="application", subtype="pdf", filename="../../bill.pdf")
        mail.add_attachment(b"MZ\x90\0", maintype="application", subtype="pdf", filename="a.pdf")
        async with office.screen("sofia") as sofia:
            post.put(mail)
            await sofia.until(lambda views: bool(views["requests"]))
            [view] = sofia.views["requests"].values()
            assert (view["type"], view["channel"], view["client_name"]) == (
                "complaint", "mail", "Ivanov")
            number = view["id"]
            # Acknowledged with its number, in the thread of what he wrote.
            await _until(lambda: len(post.sent) == 1)
            assert f"[#{number}]" in post.sent[0]["Subject"]
            assert post.sent[0]["In-Reply-To"] == mail["Message-ID"]
            assert post.sent[0]["Auto-Submitted"] == "auto-replied"
            assert post.sent[0]["To"] == IVAN
            # The web form about the same, and a call about the same.
            assert (await _send_form(office, contact=IVAN, type="complaint",
                                     text="He was rude to me!"))[0] == 201
            filed = await sofia.ask("request.file", client_id=client, type="complaint",
                                    fields={"about": "service", "text": "He called, too."})
            assert filed.result["same_matter"] == [number]
            await sofia.ask("request.join", id=filed.result["id"], into=number)
            await sofia.until(lambda views: set(views["requests"]) == {str(number)})
            # He answers: it stays in the thread; we answer from the screen.
            post.put(_letter(f"Re: {post.sent[0]['Subject']}", "And one more thing.",
                             In_Reply_To=str(post.sent[0]["Message-ID"])))
            await sofia.told("request_mail")
            await sofia.ask("request.write", id=number, text="We are looking into it.")
            await _until(lambda: any("looking into it" in one.get_content() for one in post.sent))
            told = (await sofia.ask("request.history", id=number)).result
        assert len(told["joined"]) == 2
        assert len({event["request_id"] for event in told["events"]}) == 3
        assert [one["direction"] for one in told["mails"]].count("in") == 2
        assert "4111" not in told["mails"][0]["text"]
        files = told["mails"][0]["files"]
        assert [(one["name"], one["kept"], one["why"]) for one in files] == [
            ("../../bill.pdf", True, ""), ("a.pdf", False, "kind")]
        await _file_is_safe(office, files[0]["id"])
        assert set(post.logins) == {"help"}
        folder = letters_folder(office.desk.settings)
        assert "bill.pdf" not in {one.name for one in folder.rglob("*")}
        assert await receiving.erase_files(office.store, folder, [client]) == 1
        assert [one for one in folder.rglob("*") if one.is_file()] == []


async def _file_is_safe(office: Office, file: int) -> None:
    sofia = await office.bearer("sofia")
    answer = await office.http.get(f"{office.url}/api/v1/mail_files/{file}", headers=sofia)
    assert (answer.status, await answer.read()) == (200, PDF)
    assert answer.headers["Content-Type"] == "application/octet-stream"
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment")
    assert "/" not in disposition


async def test_an_unknown_sender_waits_for_somebody_who_says_whose_it_is(
    tmp_path: Path, post: PostOffice
) -> None:
    async with _office(tmp_path, post) as office:
        client = await add_client(office, "Petrov")
        async with office.screen("sofia") as sofia:
            post.put(_letter("hello", "What about my invoice?", sender="who@else.example"))
            await sofia.told("mail_waits")
            [waiting] = (await sofia.ask("mail.list")).result["mails"]
            assert waiting["why"] == ["word:invoice", "unknown_sender"]
            settled = await sofia.ask("mail.settle", id=waiting["id"], client_id=client,
                                      type="invoice_correction")
            assert settled.result["request"]["contact"] == "who@else.example"
            await _until(lambda: len(post.sent) == 1)
            assert post.sent[0]["To"] == "who@else.example"
            again = await sofia.ask("mail.settle", id=waiting["id"])
            assert again.problem.code == "mail_settled"
            post.put(_letter("nothing", "to say", sender="who@else.example"))
            await sofia.told("mail_waits")
            [left] = (await sofia.ask("mail.list")).result["mails"]
            assert (await sofia.ask("mail.settle", id=left["id"])).problem is None
            assert (await sofia.ask("mail.list")).result["mails"] == []


async def test_machines_are_not_answered_and_a_flood_is_stopped(
    tmp_path: Path, post: PostOffice
) -> None:
    async with _office(tmp_path, post, a_day=2) as office:
        client = await add_client(office, "Ivanov")
        await _reads_mail(office, client)
        post.put(_letter("Out of office", "complaint", Auto_Submitted="auto-replied"))
        post.put(_letter("Complaint 1", "rude"))
        post.put(_letter("Complaint 2", "rude"))
        post.put(b"this is no mail at all")
        stored = await _stored(office, 3)
        assert [one.state for one in stored] == ["left", "filed", "left"]
        assert [one.why for one in stored if one.state == "left"] == [["automatic"], ["too_many"]]


async def test_what_the_mail_server_refuses_for_good_is_told_to_the_lead(
    tmp_path: Path, post: PostOffice
) -> None:
    post.refuses = "550 no such mailbox"
    async with _office(tmp_path, post) as office:
        client = await add_client(office, "Ivanov")
        await _reads_mail(office, client)
        async with office.screen("sofia") as sofia:
            filed = await sofia.ask("request.file", client_id=client, type="complaint",
                                    fields={"about": "service", "text": "x"})
            notice = await sofia.told("mail_undelivered")
            assert "550" in notice.text
            told = (await sofia.ask("request.history", id=filed.result["id"])).result
        assert told["mails"][0]["state"] == "undelivered"
        async with office.store.read() as tx:
            row = await tx.first(select(Outbox.dead_at, Outbox.tries, Outbox.error))
        assert row is not None
        assert (row.dead_at is not None, row.tries) == (True, 1)
        assert PASSWORD not in (row.error or "")


# ── the web form, posts elsewhere, documents ─────────────────────────────────────────────────
async def _send_form(office: Office, **fields: str) -> tuple[int, str]:
    import re

    page = await (await office.http.get(f"{office.url}/form")).text()
    found = re.search(r'name="seal" value="([^"]+)"', page)
    assert found is not None
    answer = await office.http.post(f"{office.url}/form", data={"seal": found[1]} | fields)
    return answer.status, await answer.text()


@asynccontextmanager
async def _with_form(folder: Path, **rule: Any) -> AsyncIterator[Office]:
    settings = settings_in(folder).model_copy(update={"requests": RequestSettings(
        web_form=WebForm(on=True, **({"seconds": 0} | rule)))})
    async with open_office(folder, settings=settings) as office:
        yield office


async def test_the_web_form_files_and_says_the_number(tmp_path: Path) -> None:
    async with _with_form(tmp_path, origins=("https://volga.example",)) as office:
        page = await office.http.get(f"{office.url}/form?lang=ru")
        assert "frame-ancestors https://volga.example" in page.headers["Content-Security-Policy"]
        assert "Set-Cookie" not in page.headers
        assert "Жалоба" in await page.text()
        client = await add_client(office, "Ivanov", "+79161112233")
        status, text = await _send_form(office, type="complaint", contact="8 916 111-22-33",
                                        text="<script>alert(1)</script> rude")
        assert status == 201
        async with office.screen("sofia") as sofia:
            await sofia.until(lambda views: bool(views["requests"]))
            [view] = sofia.views["requests"].values()
        assert (view["client_id"], view["channel"]) == (client, "web")
        assert f"<strong>{view['id']}</strong>" in text


@pytest.mark.parametrize(("fields", "status", "words"), [
    ({"contact": "nobody"}, 422, "e-mail address"), ({"type": "none"}, 422, "choose what"),
    ({"text": ""}, 422, "few words"), ({"website": "spam"}, 422, "cannot be sent"),
    ({"seal": "1.a.b"}, 422, "once more"), ({"seal": "x" * 9999}, 422, "once more")])
async def test_the_web_form_says_what_is_wrong(
    tmp_path: Path, fields: dict[str, str], status: int, words: str
) -> None:
    right = {"type": "complaint", "contact": IVAN, "text": "He was <b>rude</b>"}
    async with _with_form(tmp_path) as office:
        answer = await _send_form(office, **(right | fields))
        assert answer[0] == status
        assert words in answer[1]
        assert "<b>rude" not in answer[1]


async def test_the_web_form_is_taken_once_and_not_too_often(tmp_path: Path) -> None:
    right = {"type": "complaint", "contact": IVAN, "text": "He was rude"}
    async with _with_form(tmp_path, an_hour=2) as office:
        assert [(await _send_form(office, **right))[0] for _ in range(3)] == [201, 201, 429]
    async with _with_form(tmp_path / "b", seconds=5) as office:
        assert (await _send_form(office, **right))[0] == 422


async def test_there_is_no_form_unless_the_settings_say_so(tmp_path: Path) -> None:
    async with open_office(tmp_path) as office:
        assert (await office.http.get(f"{office.url}/form")).status == 404


@pytest.mark.parametrize(("url", "private", "reason"), [
    ("https://127.0.0.1/x", False, "own network"), ("https://[::1]/x", False, "own network"),
    ("https://10.0.0.1", False, "own network"), ("https://localhost/x", False, "own network"),
    ("https://169.254.169.254/latest", False, "own network"),
    ("https://[::ffff:10.0.0.1]/", False, "own network"), ("http://example.com", False, "https"),
    ("ftp://example.com", True, "https://host"), ("https://a:b@example.com", True, "password"),
    ("https://exa mple.com", True, "no address"), ("https://example.com/hook", False, ""),
    ("http://127.0.0.1:9/x", True, "")])
def test_posts_do_not_lead_into_our_own_network(url: str, private: bool, reason: str) -> None:
    said = delivering.problem_of_url(url, may_be_private=private)
    assert reason in said
    assert bool(reason) == bool(said)


async def test_a_name_that_leads_inside_is_not_connected(tmp_path: Path) -> None:
    from aiohttp.resolver import ThreadedResolver

    with pytest.raises(OSError, match="not a public address"):
        await delivering.PublicOnly(ThreadedResolver()).resolve("localhost", 80)


async def test_a_program_that_asked_is_told_signed_and_again_when_it_failed(
    tmp_path: Path
) -> None:
    from aiohttp import web

    heard: list[tuple[bytes, str]] = []
    answers = [503, 200]

    async def hear(request: web.Request) -> web.Response:
        heard.append((await request.read(), request.headers["X-Deskline-Signature"]))
        return web.Response(status=answers.pop(0) if answers else 200)

    program = web.Application()
    program.router.add_post("/hook", hear)
    runner = web.AppRunner(program)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = site._server.sockets[0].getsockname()[1]     # type: ignore[union-attr]
    settings = settings_in(tmp_path).model_copy(update={
        "requests": RequestSettings(webhook_private=True)})
    try:
        async with open_office(tmp_path, settings=settings) as office:
            await _tell_program(office, f"http://127.0.0.1:{port}/hook", heard)
    finally:
        await runner.cleanup()


async def _tell_program(office: Office, url: str, heard: list[tuple[bytes, str]]) -> None:
    import json

    from sqlalchemy import update

    admin = await office.bearer("admin")
    hooks = f"{office.url}/api/v1/webhooks"
    wrong = await office.http.post(hooks, headers=admin, json={"url": url, "events": ["x"]})
    assert wrong.status == 422
    made = await office.http.post(hooks, headers=admin, json={
        "url": url, "events": ["request.filed"]})
    hook = await made.json()
    assert made.status == 201
    listed = await (await office.http.get(hooks, headers=admin)).json()
    assert [(one["url"], one.get("secret")) for one in listed["items"]] == [(url, None)]
    client = await add_client(office, "Ivanov")
    office.http.cookie_jar.clear()
    async with office.screen("anna") as anna:
        filed = await anna.ask("request.file", client_id=client, type="complaint",
                               fields={"about": "service", "text": "secret words"})
    await _until(lambda: len(heard) == 1)
    async with asyncio.timeout(SOON_S):         # the next try is half a minute away: now
        while len(heard) < 2:
            async with office.store.begin() as tx:
                await tx.run(update(Outbox).where(Outbox.error.is_not(None))
                             .values(due_at=datetime(2020, 1, 1, tzinfo=UTC)))
            await asyncio.sleep(0.1)
    body, signed = heard[1]
    told = json.loads(body)
    assert (told["event"], told["data"]["request"]) == ("request.filed", filed.result["id"])
    assert b"secret words" not in body
    at = datetime.fromtimestamp(int(signed[2:signed.index(",")]), UTC)
    assert signed == delivering.signature(hook["secret"], at, body)
    ended = await office.http.delete(f"{hooks}/{hook['id']}", headers=admin)
    assert ended.status == 204


async def test_a_document_holds_the_fields_escaped_and_is_seen_by_its_group_only(
    tmp_path: Path
) -> None:
    async with open_office(tmp_path) as office:
        client = await add_client(office, "Ivanov <b>")
        async with office.screen("anna") as anna:
            filed = await anna.ask("request.file", client_id=client, type="new_contract", fields={
                "address": "Lenina 5 <script>", "resource": "gas"})
            number = filed.result["id"]
        sofia = await office.bearer("sofia")
        made = await office.http.post(
            f"{office.url}/api/v1/requests/{number}/documents", headers=sofia,
            json={"template": "contract", "text": "As agreed & signed"})
        assert made.status == 201
        document = (await made.json())["document"]
        page = await office.http.get(f"{office.url}/documents/{document}", headers=sofia)
        text = await page.text()
        for said in ("Ivanov &lt;b&gt;", "Lenina 5 &lt;script&gt;", "Gas", "agreed &amp; signed"):
            assert said in text
        assert "<script" not in text
        boris = await office.bearer("boris")        # he is not in the group `contracts`
        hidden = await office.http.get(f"{office.url}/documents/{document}", headers=boris)
        assert hidden.status == 404
        office.http.cookie_jar.clear()
        async with office.screen("sofia") as screen:
            story = (await screen.ask("request.history", id=number)).result
        assert [one["template"] for one in story["documents"]] == ["contract"]
