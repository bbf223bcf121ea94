"""Clients from files: guessed, repaired, refused by row, and only once."""

from __future__ import annotations

import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from crm_store import clients, imports
from crm_store.cards import Card
from crm_store.imports import ImportReport
from crm_store.store import Store

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
ENGLISH = """Name,Phone,Account,Address,Debt,Debt since,Remark
Ivanov Ivan,8 (916) 123-45-67,400123,"Samara, Lenina, 5, 12","4,812.50",2026-08-10,x
Volga-Stroy LLC,"+7 846 200-10-10, 8 916 765 43 21",400124,,0,,
"""
RUSSIAN = """ФИО;Телефон;Лицевой счёт;Долг
Петрова Анна Сергеевна;89161234568;500123;4 812,50
Ёлкин Пётр;+79161234569;500124;0
"""


async def _import(store: Store, path: Path, **options: object) -> ImportReport:
    return await imports.run(store, path, region="RU", currency="RUB", by="admin", now=NOW,
                             **options)     # type: ignore[arg-type]


async def _card(store: Store, account: str) -> Card:
    async with store.read() as tx:
        client_id = await clients.by_account(tx, account)
        assert client_id is not None
        return await clients.card(tx, client_id)


def _written(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


@pytest.fixture
def english(tmp_path: Path) -> Path:
    path = tmp_path / "clients.csv"
    path.write_text(ENGLISH)
    return path


async def test_a_table_becomes_clients_with_phones_and_debts(store: Store, english: Path) -> None:
    report = await _import(store, english)
    assert (report.rows, report.created, report.refused) == (2, 2, 0)
    assert report.ignored == ("Remark",)
    ivanov, volga = await _card(store, "400123"), await _card(store, "400124")
    assert (ivanov.debt_minor, ivanov.oldest_debt_on) == (481_250, date(2026, 8, 10))
    assert ivanov.accounts[0].address == "Samara, Lenina, 5, 12"
    assert [phone.e164 for phone in ivanov.phones] == ["+79161234567"]
    assert volga.kind == "organisation"
    assert [phone.e164 for phone in volga.phones] == ["+78462001010", "+79167654321"]


async def test_a_dry_run_says_the_same_and_changes_nothing(store: Store, english: Path) -> None:
    report = await _import(store, english, dry_run=True)
    assert (report.created, report.dry_run) == (2, True)
    async with store.read() as tx:
        assert await clients.by_account(tx, "400123") is None


async def test_the_same_file_again_changes_nothing(store: Store, english: Path) -> None:
    await _import(store, english)
    report = await _import(store, english)
    assert (report.created, report.updated, report.unchanged) == (0, 0, 2)


async def test_a_newer_file_updates_the_debt(store: Store, english: Path) -> None:
    await _import(store, english)
    newer = _written(english, ENGLISH.replace("4,812.50", "100").replace("8 (916)", "8 (903)"))
    report = await _import(store, newer)
    assert (report.updated, report.unchanged) == (1, 1)
    card = await _card(store, "400123")
    assert (card.debt_minor, len(card.phones)) == (10_000, 2)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
async def test_russian_files_of_every_usual_encoding(
    store: Store, tmp_path: Path, encoding: str
) -> None:
    path = tmp_path / "клиенты.csv"
    path.write_text(RUSSIAN, encoding=encoding)
    report = await _import(store, path)
    assert (report.created, report.refused) == (2, 0)
    assert (await _card(store, "500123")).name == "Петрова Анна Сергеевна"
    assert (await _card(store, "500123")).debt_minor == 481_250


async def test_broken_rows_are_named_and_the_rest_goes_in(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text(
        "name,phone,account,debt,debt since,meter\n"
        "Good One,89161234567,1001,10,,M1\n"
        ",89161234567,1002,10,,\n"
        "Bad Phone,call me,1003,10,,\n"
        "Bad Sum,89161234567,1004,ten,,\n"
        "Bad Day,89161234567,1005,10,31.02.2026,\n"
        "Negative,89161234567,1006,-5,,\n"
        "No Account,89161234567,,10,,\n"
        "Somebody Else,89161234560,1001,10,,\n"
        "Foreign Meter,89161234561,1007,10,,M1\n"
        "\n"
        "Short Row\n"
        "Nul\x00 Emoji 🙂,89161234562,1008,1.10,1899-01-01,\n"
        "Too Exact,89161234563,1009,1.105,,\n"
        "Good Two,89161234564,1010,10,,\n")
    report = await _import(store, path)
    assert {problem.row: problem.reason.split(":")[0].split()[0] for problem in report.problems} \
        == {3: "name", 4: "phone", 5: "debt", 6: "debt_since", 7: "debt", 8: "account",
            9: "account", 10: "meter", 13: "debt_since", 14: "debt"}
    assert (report.rows, report.created, report.refused) == (13, 3, 10)


async def test_columns_are_mapped_by_hand(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("A|B|C\nIvanov|89161234567|77\n")
    with pytest.raises(imports.MapUnusable, match="A, B, C"):
        await _import(store, path)
    for wrong in ({"name": "D"}, {"nome": "A"}):
        with pytest.raises(imports.MapUnusable):
            await _import(store, path, columns=wrong)
    report = await _import(store, path, columns={"name": "A", "phone": "B", "account": "C"})
    assert report.created == 1


@pytest.mark.parametrize(("name", "content"), [
    ("empty.csv", b""), ("wide.csv", b"a," * 1000 + b"\n"), ("wider.csv", b"a," * 500_000),
    ("x.xlsx", b"PK\x03\x04no workbook"), ("blank.csv", b"\n\n\n"),
    ("picture.csv", bytes(range(256)) * 9),
    ("page.xls", b"<html><table><tr><td>name"), ("endless.csv", b"name," * 2_000_000),
])
async def test_what_is_no_table_is_said_to_be_none(
    store: Store, tmp_path: Path, name: str, content: bytes
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(imports.SheetUnreadable):
        await _import(store, tmp_path / name)


async def test_a_workbook_is_a_table_too(store: Store, tmp_path: Path) -> None:
    _write_workbook(tmp_path / "x.xlsx", [
        ["Name", "Phone", "Account", "Debt"], ["Ivanov", 89161234567.0, 400123.0, 12.5]])
    report = await _import(store, tmp_path / "x.xlsx")
    assert (report.created, report.refused) == (1, 0)
    card = await _card(store, "400123")
    assert (card.phones[0].e164, card.debt_minor) == ("+79161234567", 1_250)


def _write_workbook(path: Path, rows: list[list[str | float]]) -> None:
    """The smallest workbook there is, numbers as Excel keeps them."""
    cells = "".join("<row>" + "".join(
        f"<c><v>{cell!r}</v></c>" if isinstance(cell, float)
        else f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in row) + "</row>"
        for row in rows)
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    pack = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("_rels/.rels", f'<Relationships {pack}><Relationship Id="r" '
                         f'Type="{rel}/officeDocument" Target="xl/workbook.xml"/></Relationships>')
        archive.writestr("xl/workbook.xml", f'<workbook {main} xmlns:r="{rel}"><sheets>'
                         '<sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>')
        archive.writestr("xl/_rels/workbook.xml.rels", f'<Relationships {pack}><Relationship '
                         f'Id="r1" Type="{rel}/worksheet" Target="worksheets/sheet1.xml"/>'
                         '</Relationships>')
        archive.writestr("xl/worksheets/sheet1.xml",
                         f"<worksheet {main}><sheetData>{cells}</sheetData></worksheet>")
