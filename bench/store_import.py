"""Import of a made-up table: rows a minute and memory, measured in a process of its own.

`python -m bench.store_import [ROWS]` prints them; `bench.store` calls `measure`.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

_HEADER = "Name;Phone;Phone 2;E-mail;Account;Address;Debt;Debt since;Meter\n"
_NAMES = ("Ivanov Ivan", "Petrova Anna", "Sidorov Petr", "Kuznetsova Olga", "Volkov Sergey",
          "Orlova Maria", "Sokolov Dmitry", "Lebedeva Elena")
_SPELLINGS = ("8 (9{a}) {b}-{c}-{d}", "+79{a}{b}{c}{d}", "89{a}{b}{c}{d}", "79{a}{b}{c}{d}.0")


@dataclass(frozen=True, slots=True)
class ImportFigures:
    """`cpu_rows_a_minute` is what one core to itself would do."""
    rows: int
    created: int
    refused: int
    seconds: float
    cpu_s: float
    rows_a_minute: int
    cpu_rows_a_minute: int
    peak_mb: int


def measure(rows: int, *, url: str = "") -> ImportFigures:
    """Into a fresh SQLite base, or the one at `url`; the table has repairs and errors to find."""
    with tempfile.TemporaryDirectory(prefix="deskline-bench-") as name:
        folder = Path(name)
        write_table(folder / "table.csv", rows)
        environment = os.environ | {"DESKLINE_DATA_DIR": str(folder / "data")}
        if url:
            environment["DESKLINE_STORE__URL"] = url
        before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", "workstation.cli.main", "import", "table.csv", "--json"],
            cwd=folder, env=environment, check=True, capture_output=True, timeout=7_200)
        seconds = time.monotonic() - started
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    report = json.loads(done.stdout)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return ImportFigures(
        rows=report["rows"], created=report["created"], refused=report["refused"],
        seconds=round(seconds, 1), cpu_s=round(cpu_s, 1),
        rows_a_minute=round(rows / seconds * 60), cpu_rows_a_minute=round(rows / cpu_s * 60),
        peak_mb=after.ru_maxrss // 1024)


def write_table(path: Path, rows: int) -> None:
    """The same table every time: every 200th row has a sentence for a number."""
    with path.open("w", encoding="utf-8") as out:
        out.write(_HEADER)
        for place in range(rows):
            out.write(_line(place))


def _line(place: int) -> str:
    digits = f"{place * 7_919 % 1_000_000_000:09d}"
    phone = "call in the evening" if place % 200 == 0 else _SPELLINGS[place % 4].format(
        a=digits[:2], b=digits[2:5], c=digits[5:7], d=digits[7:])
    second = f"8 846 2{place % 1_000_000:06d}" if place % 4 == 0 else ""
    mail = f"client{place}@example.org" if place % 3 == 0 else ""
    meter = f"M{place}" if place % 2 else ""
    debt = f"{place * 37 % 90_000},{place % 100:02d}"
    return (f"{_NAMES[place % 8]} {place % 977};{phone};{second};{mail};{4_000_000 + place};"
            f"Samara, Lenina, {place % 300}, {place % 90};{debt};10.0{1 + place % 9}.2026;"
            f"{meter}\n")


if __name__ == "__main__":
    print(json.dumps(asdict(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)),
                     indent=2))
