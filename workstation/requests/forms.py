"""A request's form ○: filled from the client's card, read back and checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from crm_store.base import JSON
from workstation.protocol import AccountView, CardView, FormFieldView, FormView
from workstation.requests.kinds import Field, RequestType, said

TEXT_LIMIT = 4_000


_SAID = {
    "missing": "is needed", "too_long": "is too long", "no_choice": "is none of the choices",
    "no_number": "is no number", "no_date": "is no date", "no_field": "is no field of this form",
}


class FormInvalid(Exception):
    """Some fields cannot stay as they are; `problems` is field → code of what is wrong."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {_SAID[code]}" for name, code in problems.items()))
        self.problems = problems


def blank(kind: RequestType, language: str) -> FormView:
    return filled(kind, None, language, None)


def filled(kind: RequestType, card: CardView | None, language: str,
           today: date | None) -> FormView:
    """The form as it opens: the client's first account and meter, the reading we billed."""
    accounts = card.accounts if card is not None else []
    fields = [_field(field, accounts, language, today) for field in kind.field]
    return FormView(type=kind.id, title=said(kind.title, language), fields=fields,
                    stages=[[name, said(stage.title, language) if stage.title else "",
                             said(stage.step, language) if stage.step else ""]
                            for name, stage in kind.stage.items()])


def read(kind: RequestType, values: Mapping[str, str]) -> dict[str, str]:
    """The fields worth keeping. Raises FormInvalid naming each field that is not right."""
    problems: dict[str, str] = {}
    for name in values.keys() - {field.name for field in kind.field}:
        problems[name] = "no_field"
    kept: dict[str, str] = {}
    for field in kind.field:
        value = values.get(field.name, "").strip()
        what = _wrong(field, value)
        if what:
            problems[field.name] = what
        elif value:
            kept[field.name] = value
    if problems:
        raise FormInvalid(problems)
    return kept


def _field(field: Field, accounts: list[AccountView], language: str,
           today: date | None) -> FormFieldView:
    choices = _choices(field, accounts, language)
    value = _fill(field, accounts, today)
    if not value and field.kind in ("account", "meter") and choices:
        value = choices[0][0]
    return FormFieldView(name=field.name, label=said(field.label, language), kind=field.kind,
                         required=field.required, choices=choices, value=value)


def _choices(field: Field, accounts: list[AccountView], language: str) -> list[list[str]]:
    if field.kind == "choice":
        return [[option.value, option.label(language)] for option in field.choices]
    if field.kind == "account":
        return [[account.number, f"{account.number} · {account.address}"]
                for account in accounts]
    if field.kind == "meter":
        return [[meter.number, f"{meter.number} · {account.address}"]
                for account in accounts for meter in account.meters]
    return []


def _fill(field: Field, accounts: list[AccountView], today: date | None) -> str:
    if field.fill == "today" and today is not None:
        return today.isoformat()
    if field.fill == "last_reading":
        for account in accounts:
            for meter in account.meters:
                return "" if meter.last_reading is None else str(meter.last_reading)
    return ""


def fitting(kind: RequestType, values: Mapping[str, object]) -> dict[str, JSON]:
    """Of another form's values those that this one could hold."""
    found = {field.name: str(values.get(field.name) or "") for field in kind.field}
    return {field.name: found[field.name] for field in kind.field
            if found[field.name] and not _wrong(field, found[field.name])}


def _wrong(field: Field, value: str) -> str:
    """The code of what is wrong with one value, or ""."""
    if not value:
        return "missing" if field.required else ""
    if len(value) > TEXT_LIMIT:
        return "too_long"
    if field.kind == "choice" and value not in {option.value for option in field.choices}:
        return "no_choice"
    check = _READERS.get(field.kind)
    if check is None:
        return ""
    try:
        check(value)
    except ValueError:
        return f"no_{field.kind}"
    return ""


def _number(value: str) -> float:
    return float(value.replace(",", ".").replace(" ", ""))


_READERS: dict[str, Callable[[str], object]] = {"number": _number, "date": date.fromisoformat}
