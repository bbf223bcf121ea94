"""Files as people and attackers send them: read, or refused in words; never in much memory."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_store.imports import error_file
from crm_store.imports.encodings import guess_separator, one_byte_encoding
from crm_store.imports.records import SheetUnreadable
from crm_store.imports.sheets import Record, open_sheet

FILES = Path(__file__).parent / "files"
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACK = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
STYLES = (f'<styleSheet {MAIN}><numFmts><numFmt numFmtId="164" formatCode="dd/mm/yyyy;@"/>'
          '<numFmt numFmtId="165" formatCode="#,##0.00 &quot;day&quot;"/></numFmts><cellXfs>'
          '<xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/>'
          '</cellXfs></styleSheet>')
ODS = ('<office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x"><office:body>'
       '<office:spreadsheet><table:table>{rows}</table:table></office:spreadsheet></office:body>'
       '</office:document-content>')


def xlsx(path: Path, rows: str, *, strings: str = "", sheet_head: str = "") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/workbook.xml", f'<workbook {MAIN} xmlns:r="{REL}"><sheets>'
                      '<sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>')
        book.writestr("xl/_rels/workbook.xml.rels", f'<Relationships {PACK}><Relationship Id="r1" '
                      'Type="w" Target="worksheets/sheet1.xml"/></Relationships>')
        book.writestr("xl/styles.xml", STYLES)
        if strings:
            book.writestr("xl/sharedStrings.xml", f"<sst {MAIN}>{strings}</sst>")
        book.writestr("xl/worksheets/sheet1.xml", f"<worksheet {MAIN}>{sheet_head}<sheetData>"
                      f"{rows}</sheetData></worksheet>")
    return path


def ods(path: Path, rows: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        book.writestr("content.xml", ODS.format(rows=rows))
    return path


def table(path: Path) -> tuple[tuple[str, ...], list[Record]]:
    with open_sheet(path) as sheet:
        return sheet.headers, list(sheet.rows)


def text(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def test_a_workbooks_cells_are_what_a_person_typed(tmp_path: Path) -> None:
    head = "".join(f'<c t="inlineStr"><is><t>{name}</t></is></c>' for name in "ABCDEFGH")
    headers, rows = table(xlsx(
        tmp_path / "x.xlsx",
        f'<row r="1">{head}</row><row r="3"><c r="A3" t="s"><v>0</v></c>'
        '<c r="B3"><v>7.9161234567E10</v></c><c r="C3" s="1"><v>46244</v></c>'
        '<c r="D3" s="2"><v>46244.5</v></c><c r="E3" s="3"><v>4812.5</v></c>'
        '<c r="F3" t="b"><v>1</v></c><c r="G3"><f>1+1</f><v>2</v></c><c r="H3" t="e">'
        "<v>#N/A</v></c></row>",
        strings="<si><r><t>Ива</t></r><r><t>нов</t></r><rPh><t>x</t></rPh></si>",
        sheet_head='<dimension ref="A1:H3"/>'))
    assert headers == tuple("ABCDEFGH")
    assert rows == [Record(3, ("Иванов", "79161234567", "2026-08-10", "2026-08-10", "4812.5",
                               "1", "2", "#N/A"))]


def test_many_strings_wait_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crm_store.imports.xlsx._IN_MEMORY", 10)
    cells = "".join(f'<row><c t="s"><v>{number}</v></c></row>' for number in range(3))
    headers, rows = table(xlsx(tmp_path / "x.xlsx", cells, strings=(
        "<si><t>Имя</t></si><si><t>Ёлкин 🙂</t></si><si><t>שלום</t></si>")))
    assert headers == ("Имя",)
    assert [row.cells for row in rows] == [("Ёлкин 🙂",), ("שלום",)]
    assert list(tmp_path.iterdir()) == [tmp_path / "x.xlsx"]


def test_ods_cells_repeated_and_empty_to_the_edge(tmp_path: Path) -> None:
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    edge = '<table:table-cell table:number-columns-repeated="16000"/>'
    _, rows = table(ods(tmp_path / "x.ods", (
        f"<table:table-row>{cell.format('Name')}{cell.format('Sum')}{edge}</table:table-row>"
        '<table:table-row table:number-rows-repeated="2"><table:table-cell><text:p>A</text:p>'
        "<text:p>B</text:p></table:table-cell><table:table-cell office:value-type=\"float\" "
        f'office:value="12.5"><text:p>12,50</text:p></table:table-cell>{edge}</table:table-row>'
        f'<table:table-row table:number-rows-repeated="1048570">{edge}</table:table-row>')))
    assert rows == [Record(2, ("A\nB", "12.5")), Record(3, ("A\nB", "12.5"))]


def test_xls_of_old() -> None:
    headers, rows = table(FILES / "clients.xls")
    assert headers == ("Name", "Phone", "Account", "Debt", "Debt since")
    assert rows[0].cells == ("Иванов Иван", "79161234567", "400123", "12.5", "2026-08-10")


@pytest.mark.parametrize("rows", [
    '<row r="1"><c r="ZZZ1"><v>1</v></c></row>', '<row r="1"><c r="!!"><v>1</v></c></row>',
    '<row r="9999999"><c r="A1"><v>1</v></c></row>', '<row><c t="s"><v>5</v></c></row>',
    '<row><c t="s"><v>x</v></c></row>', "<row><c><v>seven</v></c></row>", "<row><c>", "</row>",
    '<row><c s="1"><v>1e300</v></c></row>', "",
])
def test_a_damaged_workbook_is_said_to_be_one(tmp_path: Path, rows: str) -> None:
    with pytest.raises(SheetUnreadable):
        table(xlsx(tmp_path / "x.xlsx", rows))


def test_a_zip_bomb_is_refused_before_it_swells(tmp_path: Path) -> None:
    bomb = xlsx(tmp_path / "x.xlsx", "<row><c><v>1</v></c></row>" + " " * 80_000_000)
    assert bomb.stat().st_size < 200_000
    with pytest.raises(SheetUnreadable, match="bomb"):
        table(bomb)


def test_entities_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.ods"
    with zipfile.ZipFile(path, "w") as book:
        book.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        book.writestr("content.xml", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
    with pytest.raises(SheetUnreadable, match="entities"):
        table(path)


@pytest.mark.parametrize(("content", "encoding"), [
    ("ФИО;Т\nПетрова Анна;1\n".encode("cp1251"), "cp1251"),
    ("ФИО;Т\nПетрова Анна;1\n".encode("koi8-r"), "koi8-r"),
    ("ФИО;Т\nПетрова Анна;1\n".encode("cp866"), "cp866"),
    ("ФИО;Т\nПетрова Анна;1\n".encode("utf-16"), "utf-16"),
    ("ФИО;Т\nПетрова Анна;1\n".encode("utf-16-le"), "utf-16-le"),
    ("ad;tel\nŞükrü Işık;1\n".encode("cp1254"), "cp1254"),
    ("name;tel\nMüller Jürgen;1\n".encode("cp1252"), "cp1252"),
    ("ชื่อ;โทร\nสมชาย ใจดี;1\n".encode("cp874"), "cp874"),
    (b"\xef\xbb\xbf" + "ФИО;Т\nПетрова Анна;1\n".encode("cp1251"), "cp1251"),     # a lying mark
    (b"name;t\n" + b"Ivanov;1\n" * 40_000 + "Петрова;2\n".encode("cp1251"), "cp1251"),
])
def test_the_encoding_is_that_of_the_words(tmp_path: Path, content: bytes, encoding: str) -> None:
    with open_sheet(text(tmp_path / "x.csv", content)) as sheet:
        assert (sheet.encoding, sheet.separator) == (encoding, ";")
        rows = list(sheet.rows)
    assert rows[-1].cells[0] in content.removeprefix(b"\xef\xbb\xbf").decode(encoding)


def test_a_few_damaged_letters_do_not_change_the_encoding(tmp_path: Path) -> None:
    content = ("имя;т\n" + "Петрова Анна;1\n" * 2_000).encode() + b"Iv\xff;2\n"
    with open_sheet(text(tmp_path / "x.csv", content)) as sheet:
        assert sheet.encoding == "utf-8"
        assert "\ufffd" in list(sheet.rows)[-1].cells[0]


def test_a_quote_nobody_closes_spoils_one_line(tmp_path: Path) -> None:
    _, rows = table(text(tmp_path / "x.csv", (
        'name;phone\n"ООО "Ромашка"";1\nА;"две\nстроки"\n"открытая;2\nБ;3\n' + "В;4\n" * 99
        + 'Г;"').encode()))
    assert [(row.row, row.broken) for row in rows if row.broken] == [
        (5, "open_quote"), (106, "open_quote")]
    assert rows[1] == Record(3, ("А", "две\nстроки"))
    assert len(rows) == 104


def test_a_separator_inside_cells_does_not_win() -> None:
    assert guess_separator(["Name;Address\n", "A;Samara, Mira, 5\n", "B;Samara, Mira, 6\n"]) == ";"


@given(st.text(alphabet="абвгдежзийклмнопрстуфхцчшщъыьэюя", min_size=4, max_size=12))
def test_lower_case_russian_is_never_taken_for_another_alphabet(word: str) -> None:
    assert one_byte_encoding(f"{word} {word}".encode("cp1251")) == "cp1251"


@given(st.text(max_size=40))
def test_no_cell_of_an_error_file_is_a_formula(cell: str) -> None:
    guarded = error_file.guarded(cell)
    if guarded.startswith(("=", "@", "\t", "\r")):
        pytest.fail(guarded)
    if guarded.startswith(("+", "-")):
        assert set(guarded[1:]) <= set("0123456789 ().,-")
