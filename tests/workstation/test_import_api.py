"""Imports by the API, as the page and integrations do them: from the upload to the undoing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from crm_store import clients
from tests.workstation.office import Office

TABLE = ("Кто;Телефон;Лицевой счёт;Долг\n"
         "Иванов Иван;8 916 123-45-67;400123;4 812,50\n"
         "Петрова Анна;позвонить вечером;400124;много\n"
         "Ёлкин Пётр;2001010;400125;\n").encode("cp1251")
SOON_S = 90
pytestmark = pytest.mark.timeout(400)      # each reading of a file starts a process


class Api:
    def __init__(self, office: Office, headers: dict[str, str]) -> None:
        self.office, self.headers = office, headers

    async def ask(self, method: str, path: str, status: int = 200, **options: Any) -> Any:
        async with self.office.http.request(
            method, f"{self.office.url}/api/v1{path}", headers=self.headers, **options) as answer:
            said = await answer.read()
            assert answer.status == status, said
            return await answer.json() if "json" in answer.content_type else said

    async def upload(self, body: bytes, name: str = "клиенты.csv", status: int = 201) -> Any:
        return await self.ask("POST", f"/imports?name={name}", status, data=body)

    async def until(self, import_id: int, is_so: Callable[[Any], bool]) -> Any:
        async with asyncio.timeout(SOON_S):
            while not is_so(  # noqa: ASYNC110 - another process does it
                    known := await self.ask("GET", f"/imports/{import_id}")):
                await asyncio.sleep(0.1)
            return known


@pytest.fixture
async def api(office: Office) -> Api:
    return Api(office, await office.bearer("admin"))


async def test_a_file_is_uploaded_mapped_previewed_run_and_undone(api: Api) -> None:
    draft = await api.upload(TABLE)
    assert (draft["name"], draft["kind"], draft["state"]) == ("клиенты.csv", "csv", "draft")
    look = await api.ask("GET", f"/imports/{draft['id']}/look")
    assert look["headers"] == ["Кто", "Телефон", "Лицевой счёт", "Долг"]
    assert (look["encoding"], look["separator"]) == ("cp1251", ";")
    assert "name" in look["trouble"]
    one = f"/imports/{draft['id']}"
    look = await api.ask("POST", f"{one}/plan", json={"columns": {"name": "Кто"},
                                                      "region": "RU-846"})
    assert look["trouble"] == ""
    shown = await api.ask("POST", f"{one}/preview")
    assert shown["counts"] | {"suspects": 0} == {
        "created": 2, "updated": 0, "unchanged": 0, "refused": 1, "suspects": 0}
    assert {reason[1] for reason in shown["fates"][1]["reasons"]} == {"not_phone", "not_sum"}
    await api.ask("POST", f"{one}/check", 202)
    checked = await api.until(draft["id"], lambda now: "result" in (now["check"] or {}))
    assert checked["check"]["result"]["counts"]["created"] == 2
    await api.ask("POST", f"{one}/start", 202, json={"save_map_as": "наш биллинг"})
    done = await api.until(draft["id"], lambda now: now["import"]["state"] == "done")
    assert (done["import"]["created"], done["import"]["refused"]) == (2, 1)
    async with api.office.store.read() as tx:
        elkin = await clients.card(tx, await clients.by_account(tx, "400125") or 0)
    assert [phone.e164 for phone in elkin.phones] == ["+78462001010"]
    saved = await api.ask("GET", "/import-maps")
    assert saved["items"][0]["columns"]["name"] == "Кто"
    errors = (await api.ask("GET", f"{one}/errors.csv")).decode("utf-8-sig")
    assert "позвонить вечером" in errors
    assert errors.count("\r\n") == 2
    again = await api.upload(TABLE)
    same = await api.ask("GET", f"/imports/{again['id']}")
    assert same["same_file"]["id"] == draft["id"]
    await api.ask("DELETE", f"/imports/{again['id']}", 204)
    await api.ask("POST", f"{one}/undo", 202)
    undone = await api.until(draft["id"], lambda now: now["import"]["state"] == "undone")
    assert (undone["import"]["gone"], undone["import"]["stayed"]) == (2, 0)
    listed = await api.ask("GET", "/imports")
    assert [item["id"] for item in listed["items"]] == [draft["id"]]


async def test_a_mended_error_file_is_imported_again(api: Api) -> None:
    draft = await api.upload(b"name,phone\n=HYPERLINK(1),call me\n+7 916,89161234567\n")
    await api.ask("POST", f"/imports/{draft['id']}/start", 202, json={})
    await api.until(draft["id"], lambda now: now["import"]["state"] == "done")
    errors = (await api.ask("GET", f"/imports/{draft['id']}/errors.csv")).decode("utf-8-sig")
    assert "'=HYPERLINK(1),call me" in errors
    mended = await api.upload(errors.replace("call me", "89161234568").encode("utf-8-sig"))
    shown = await api.ask("POST", f"/imports/{mended['id']}/preview")
    assert (shown["counts"]["created"], shown["counts"]["refused"]) == (1, 0)


@pytest.mark.parametrize(("body", "code"), [
    (b"", "import_unreadable"), (b"\x00\x01\x02" * 900, "import_unreadable"),
    (b"PK\x03\x04broken", "import_unreadable"), (b"a," * 500_000, "import_unreadable"),
    (b"<html><table>", "import_unreadable")])
async def test_what_is_no_table_is_said_so_and_not_kept(api: Api, body: bytes, code: str) -> None:
    said = await api.upload(body, status=422)
    assert said["code"] == code
    assert (await api.ask("GET", "/imports"))["items"] == []
    folder = api.office.desk.settings.data_dir / "imports"
    assert list(folder.iterdir()) == []


async def test_only_administrators_import(office: Office) -> None:
    for login in ("anna", "sofia"):
        api = Api(office, await office.bearer(login))
        for refused in (await api.upload(TABLE, status=403),
                        await api.ask("GET", "/imports", 403)):
            assert refused["code"] == "not_allowed"
    assert not (office.desk.settings.data_dir / "imports").exists(), "nothing was kept of it"


async def test_what_cannot_be_done_now_is_refused_in_words(api: Api) -> None:
    draft = await api.upload(TABLE)
    one = f"/imports/{draft['id']}"
    for method, path, status, body in (
        ("POST", f"{one}/undo", 409, None), ("POST", f"{one}/stop", 409, None),
        ("POST", "/imports/999/start", 404, {}), ("GET", "/imports/999/errors.csv", 404, None),
        ("POST", f"{one}/plan", 400, {"encoding": "ebcdic"}),
        ("POST", f"{one}/plan", 400, {"region": "Samara"}),
        ("DELETE", "/import-maps/none", 404, None), ("POST", "/imports?name=", 400, None),
    ):
        await api.ask(method, path, status, **({} if body is None else {"json": body}))
    said = await api.ask("POST", f"{one}/plan", json={"columns": {"nome": "x"}})
    assert "nome" in said["trouble"], "the map can be mended beside what is wrong with it"
    said = await api.ask("POST", f"{one}/preview", 422)
    assert said["code"] == "import_map"
    assert "nome" in said["detail"]
