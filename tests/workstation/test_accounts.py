"""Signing in: passwords, sessions, and what a page of another site cannot do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import text

from crm_store import staff
from tests.workstation.office import Office, open_office, settings_in
from workstation.accounts import (
    TRIES_KEPT,
    TRIES_PER_LOGIN,
    TRIES_WITHIN,
    TooManyTries,
    Tries,
    hash_of,
)
from workstation.web.pages import BUILT
from workstation.web.security import COOKIE


async def test_a_page_gets_a_cookie_that_scripts_cannot_read(office: Office) -> None:
    answer = await _sign_in(office, "anna", page=True)
    assert answer.status == 201
    cookie = answer.cookies[COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"
    assert "token" not in await answer.json()


async def test_only_the_hash_of_a_session_is_stored(office: Office) -> None:
    answer = await _sign_in(office, "anna", page=True)
    token = answer.cookies[COOKIE].value
    async with office.store.read() as tx:
        assert await staff.session(tx, token, now=datetime.now(UTC)) is None
        assert await staff.session(tx, hash_of(token), now=datetime.now(UTC)) is not None


@pytest.mark.parametrize(("login", "password"), [("anna", "wrong"), ("nobody", "wrong"),
                                                 ("anna", ""), ("anna' OR 1=1 --", "x")])
async def test_a_wrong_password_and_an_unknown_login_look_the_same(
    office: Office, login: str, password: str
) -> None:
    answer = await office.http.post(f"{office.url}/api/v1/session",
                                    json={"login": login, "password": password})
    assert answer.status == 401
    assert answer.content_type == "application/problem+json"
    assert (await answer.json())["code"] == "wrong_password"


async def test_guessing_is_slowed_down(office: Office) -> None:
    for _ in range(TRIES_PER_LOGIN):
        await office.http.post(f"{office.url}/api/v1/session",
                               json={"login": "anna", "password": "guess"})
    answer = await _sign_in(office, "anna")
    assert answer.status == 429
    assert (await _sign_in(office, "boris")).status == 201


async def test_a_session_runs_out(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    async with open_office(tmp_path, clock=lambda: now) as office:
        await _sign_in(office, "anna", page=True)
        assert (await office.http.get(f"{office.url}/api/v1/me")).status == 200
        now += timedelta(hours=office.desk.settings.server.session_hours, seconds=1)
        assert (await office.http.get(f"{office.url}/api/v1/me")).status == 401


@pytest.mark.parametrize("headers", [
    {"Origin": "http://evil.example"}, {}, {"Origin": "null"}])
async def test_another_site_cannot_act_with_the_cookie(
    office: Office, headers: dict[str, str]
) -> None:
    csrf = (await (await _sign_in(office, "anna", page=True)).json())["csrf"]
    answer = await office.http.post(
        f"{office.url}/api/v1/calls", json={"number": "+79161234567"},
        headers={"X-CSRF-Token": csrf, **headers})
    assert answer.status == 403


@pytest.mark.parametrize("token", ["", "wrong"])
async def test_an_unsafe_request_needs_the_csrf_token(office: Office, token: str) -> None:
    await _sign_in(office, "anna", page=True)
    answer = await office.http.delete(f"{office.url}/api/v1/session",
                                      headers={"Origin": office.url, "X-CSRF-Token": token})
    assert answer.status == 403


async def test_signing_out_ends_the_session(office: Office) -> None:
    csrf = (await (await _sign_in(office, "anna", page=True)).json())["csrf"]
    answer = await office.http.delete(f"{office.url}/api/v1/session",
                                      headers={"Origin": office.url, "X-CSRF-Token": csrf})
    assert answer.status == 204
    assert (await office.http.get(f"{office.url}/api/v1/me")).status == 401


async def test_a_new_password_ends_open_sessions(office: Office) -> None:
    bearer = await office.bearer("anna")
    assert await office.desk.accounts.set_password("anna", "a-new-password")
    assert (await office.http.get(f"{office.url}/api/v1/me", headers=bearer)).status == 401


async def test_without_the_demo_nobody_has_a_password_that_could_be_known(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, demo_sign_ins=False)
    async with open_office(tmp_path, settings=settings) as office:
        assert "anna" in await office.desk.accounts.seed()
        assert (await _sign_in(office, "anna")).status == 401


async def test_the_softphone_is_for_people_who_signed_in(office: Office) -> None:
    for headers in ({}, {"Origin": office.url}):
        answer = await office.http.get(f"{office.url}/sip", headers=headers)
        assert answer.status in (401, 403)


async def _sign_in(office: Office, login: str, *, page: bool = False) -> aiohttp.ClientResponse:
    return await office.http.post(
        f"{office.url}/api/v1/session",
        json={"login": login, "password": office.password(login)},
        headers={"Origin": office.url} if page else {})


async def test_who_is_removed_from_the_settings_cannot_sign_in_and_comes_back_with_them(
    tmp_path: Path
) -> None:
    settings = settings_in(tmp_path)
    without = settings.model_copy(update={"operator": settings.operator[1:]})
    async with open_office(tmp_path, settings=settings) as office:
        bearer = await office.bearer("anna")
    async with open_office(tmp_path, settings=without) as office:
        assert (await office.http.get(f"{office.url}/api/v1/me", headers=bearer)).status == 401
        assert (await _sign_in(office, "anna")).status == 401
        assert "101" not in office.desk.accounts.by_operator
        assert (await _sign_in(office, "boris")).status == 201
    async with open_office(tmp_path, settings=settings) as office:
        assert (await _sign_in(office, "anna")).status == 201


async def test_roles_follow_the_settings_and_phones_may_change_hands(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    anna, boris, *others = settings.operator
    changed = settings.model_copy(update={"operator": (
        anna.model_copy(update={"id": boris.id, "role": "supervisor"}),
        boris.model_copy(update={"id": anna.id}), *others)})
    async with open_office(tmp_path, settings=settings):
        pass
    async with open_office(tmp_path, settings=changed) as office:
        me = await office.http.get(f"{office.url}/api/v1/me", headers=await office.bearer("anna"))
        assert (await me.json())["roles"] == ["supervisor"]
        assert office.desk.accounts.by_operator[anna.id].login == "boris"


async def test_people_made_otherwise_stay_and_a_locked_one_stays_locked(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    async with open_office(tmp_path, settings=settings) as office, office.store.begin() as tx:
        await staff.upsert(tx, login="integration", name="Billing system", roles=["supervisor"])
        await tx.run(text("update people set is_active = false where login = 'boris'"))
    async with open_office(tmp_path, settings=settings) as office:
        async with office.store.read() as tx:
            active = {row.login: row.is_active for row in await staff.everyone(tx)}
        assert active["integration"]
        assert not active["boris"]
        assert (await _sign_in(office, "boris")).status == 401


@pytest.mark.parametrize("body", ["", "{", "[]", '{"login": 1, "password": "x"}', '{"login": "a"}',
                                  '{"login": "anna", "password": "x", "more": 1}'])
async def test_a_sign_in_that_cannot_be_read_is_a_bad_request(office: Office, body: str) -> None:
    answer = await office.http.post(f"{office.url}/api/v1/session", data=body)
    assert answer.status == 400
    assert (await answer.json())["code"] == "unreadable"


async def test_a_login_longer_than_any_is_refused_and_not_kept(office: Office) -> None:
    for _ in range(3):
        answer = await office.http.post(f"{office.url}/api/v1/session", json={
            "login": "a" * 65, "password": "x"})
        assert answer.status == 401
    assert len(office.desk.accounts._tries) == 1


def test_tries_are_bounded_and_the_old_ones_forgotten() -> None:
    tries, now = Tries(), datetime.now(UTC)
    for n in range(TRIES_KEPT + 500):
        tries.failed(now, f"invented{n}", f"10.0.{n % 250}.{n // 250}")
    assert len(tries) <= TRIES_KEPT + 1
    for _ in range(TRIES_KEPT):
        tries.failed(now + 2 * TRIES_WITHIN, "anna", "10.9.9.9")
    assert len(tries) == 2
    with pytest.raises(TooManyTries):
        tries.check(now + 2 * TRIES_WITHIN, "boris", "10.9.9.9")


def test_nobody_is_locked_out_from_another_place() -> None:
    tries, now = Tries(), datetime.now(UTC)
    for _ in range(TRIES_PER_LOGIN):
        tries.failed(now, "anna", "10.9.9.9")
    with pytest.raises(TooManyTries):
        tries.check(now, "anna", "10.9.9.9")
    tries.check(now, "anna", "10.0.0.1")
    tries.check(now + 2 * TRIES_WITHIN, "anna", "10.9.9.9")


@pytest.mark.parametrize(("host", "shown"), [
    ("", True), ("localhost:8080", True), ("192.168.1.5:8080", True), ("[::1]:8080", True),
    ("evil.example", False), ("evil.example:8080", False), ("127.0.0.1.evil.example", False),
    ("localhost.evil.example:8080", False)])
async def test_sample_passwords_are_shown_only_where_the_server_is_named_as_itself(
    office: Office, host: str, shown: bool
) -> None:
    assert (BUILT / "manifest.json").is_file(), "the pages are not built: make ui"
    answer = await office.http.get(f"{office.url}/", headers={"Host": host} if host else {})
    assert answer.status == 200
    assert (office.password("anna") in await answer.text()) is shown
