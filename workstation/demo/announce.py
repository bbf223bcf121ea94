"""What the demo tells: the banner on the terminal, and `demo.json` for programs."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from cti.secrets import derive
from workstation.accounts import demo_password
from workstation.settings import OperatorSettings, Settings


def facts(settings: Settings, secret: bytes) -> dict[str, object]:
    """Addresses, sign-ins, SIP names and passwords (the demo's contract with programs)."""
    pbx = settings.pbx
    return {
        "url": settings.server.url,
        "api": f"{settings.server.url}/api/v1",
        "sign_ins": [_sign_in(person, secret) for person in settings.operator],
        "phones": [_phones(person, secret) for person in settings.operator],
        "entries": [{"number": entry.number, "queue": entry.queue} for entry in settings.entry],
        "sip": {"host": pbx.host, "port": pbx.sip_port, "websocket_port": pbx.http_port,
                "trunk": pbx.trunk},
        "ami": {"host": pbx.host, "port": pbx.ami_port, "user": "observer",
                "password": derive(secret, "ami:observer")},
        "data_dir": str(settings.data_dir),
    }


def _sign_in(person: OperatorSettings, secret: bytes) -> dict[str, str]:
    return {"login": person.login, "password": demo_password(secret, person.login),
            "role": person.role, "name": person.name, "operator": person.id}


def _phones(person: OperatorSettings, secret: bytes) -> dict[str, str]:
    return {"operator": person.id,
            "sip_name": person.id, "password": derive(secret, f"sip:{person.id}"),
            "web_sip_name": f"{person.id}-web",
            "web_password": derive(secret, f"sip:{person.id}-web")}


def write(path: Path, content: Mapping[str, object]) -> None:
    """Replace `path` at once, readable by its owner only."""
    fresh = path.with_suffix(".new")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(content, file, ensure_ascii=False, indent=2)
        file.write("\n")
    fresh.replace(path)


def banner(settings: Settings, secret: bytes, *, colleagues: Sequence[str], quiet: bool) -> str:
    """What a newcomer reads when everything runs."""
    people = [person for person in settings.operator if person.login not in colleagues]
    width = max(len(person.login) for person in people)
    lines = ["", f"  Deskline runs:  {settings.server.url}", "", "  Sign in as"]
    lines += [f"    {person.login:<{width}}  {demo_password(secret, person.login)}"
              f"  {person.role}" for person in people]
    entry = settings.entry[0].number
    lines += ["",
              "  In a terminal:  .venv/bin/deskline terminal --login anna",
              f"  Call yourself:  any SIP phone to sip:{entry}@{settings.pbx.host}:"
              f"{settings.pbx.sip_port} (no registration)",
              f"  A campaign:     .venv/bin/deskline campaign create mine; … campaign import mine"
              f" {settings.data_dir}/debtors.csv; … campaign start mine",
              "", _traffic_line(colleagues, quiet), "  Ctrl-C stops everything.", ""]
    return "\n".join(lines)


def _traffic_line(colleagues: Sequence[str], quiet: bool) -> str:
    if quiet:
        return "  No synthetic traffic (QUIET=1); `deskline rehearse --calls 10` makes some."
    return (f"  Synthetic callers ring every few seconds; {', '.join(colleagues)} work beside you,"
            "\n  and a campaign of 50 debtors is being dialled.")
