"""The settings that benches of a whole contact centre share: ports in a row, people, a queue."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from workstation.settings import Settings, load

ENTRY = "+74951200000"
AMI = 2                             # its port, counted from the first
TOML = """
data_dir = "{folder}/data"
[server]
port = {base}
demo_sign_ins = true
[pbx]
sip_port = {sip}
ami_port = {ami}
http_port = {http}
world_ami_port = {world_ami}
trunk = "127.0.0.1:{trunk}"
rtp_start = {rtp}
rtp_end = {rtp_end}
[menu]
port = {menu}
gate_port = {gate}
[[entry]]
number = "{entry}"
queue = "billing"
"""
PERSON = """
[[operator]]
id = "{id}"
login = "op{id}"
name = "Operator {id}"
queues = {queues}
"""


def site(config: Path, base: int, people: Iterable[str], *, ami: int = 0, more: str = "",
         queues: tuple[str, ...] = ("billing", "outages", "collection")) -> Settings:
    """Written to `config`, with the data beside it. `base` is the first of 1,000 ports; `ami`:
    where the server finds Asterisk when something is between them."""
    listed = "[" + ", ".join(f'"{queue}"' for queue in queues) + "]"
    text = TOML.format(
        folder=config.parent, base=base, sip=base + 1, ami=ami or base + AMI, http=base + 3,
        world_ami=base + 4, trunk=base + 5, menu=base + 6, gate=base + 7, rtp=base + 100,
        rtp_end=base + 999, entry=ENTRY)
    config.write_text(text + more + "".join(
        PERSON.format(id=person, queues=listed) for person in people))
    return load(config)
