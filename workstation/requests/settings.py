"""`[requests]`: working days, room for work, mail, the web form, and who may be posted to."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
Room = Annotated[int, Field(ge=0, le=100)]
Port = Annotated[int, Field(ge=1, le=65535)]
Address = Annotated[str, Field(pattern=r"^[^@\s<>,;:\"]{1,64}@[A-Za-z0-9.-]{1,255}$")]
MIB = 1 << 20


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Capacity(_Part):
    """What one operator of this group has in hand at once: calls, mails and requests together
    take at most `room`. A call that takes all of it means: no mail while he talks."""
    group: Slug | None = None                   # None: every group without a rule of its own
    room: Annotated[int, Field(ge=1, le=100)] = 10
    call: Room = 10
    mail: Room = 3
    request: Room = 2


class Mailbox(_Part):
    """One address that clients write to. Passwords stand in files, readable by us alone."""
    address: Address | None = None              # what clients see; none: no mail at all
    name: str = ""                              # beside the address; empty: the company's
    imap_host: str = ""
    imap_port: Port = 993
    imap_tls: bool = True
    folder: str = "INBOX"
    smtp_host: str = ""
    smtp_port: Port = 587
    smtp_tls: bool = True                       # STARTTLS, or TLS at once on port 465
    login: str = ""
    password_file: Path | None = None
    poll_s: Annotated[float, Field(ge=0.2, le=3600)] = 30
    most_mb: Annotated[int, Field(ge=1, le=100)] = 25           # of one mail
    attachment_mb: Annotated[int, Field(ge=1, le=50)] = 10
    attachments: Annotated[int, Field(ge=0, le=100)] = 20       # of one mail
    a_day: Annotated[int, Field(ge=1, le=100_000)] = 50         # requests of one sender
    default_type: Slug | None = None            # of a known client, when no rule says what it is

    @model_validator(mode="after")
    def _whole(self) -> Mailbox:
        if (self.imap_host or self.smtp_host) and self.address is None:
            raise ValueError("a mailbox needs an address")
        return self


class WebForm(_Part):
    """The form others put on their pages. `origins` may frame it."""
    on: bool = False
    origins: tuple[str, ...] = ()
    an_hour: Annotated[int, Field(ge=1, le=10_000)] = 5         # from one address
    in_all_an_hour: Annotated[int, Field(ge=1, le=1_000_000)] = 500
    seconds: Annotated[int, Field(ge=0, le=60)] = 3             # nobody fills it in sooner


class RequestSettings(_Part):
    holidays: Annotated[str, Field(pattern=r"^([A-Z]{2})?$")] = ""  # empty: of the company
    days_off: tuple[date, ...] = ()             # besides those
    working_days: tuple[date, ...] = ()         # holidays on which we work all the same
    capacity: tuple[Capacity, ...] = ()
    mailbox: Mailbox = Mailbox()
    web_form: WebForm = WebForm()
    webhook_private: bool = False               # webhooks may lead to private addresses

    def capacity_of(self, group: str) -> Capacity:
        own = [one for one in self.capacity if one.group == group]
        every = [one for one in self.capacity if one.group is None]
        return (*own, *every, Capacity())[0]
