"""Documents from templates: client and request, escaped, as one page to print."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from crm_store.requests import RequestRow
from workstation.requests.deeds import stage_title
from workstation.requests.house import House, in_company_time
from workstation.requests.kinds import RequestType, said

FOLDER = Path(__file__).parent / "templates"
TITLES: Mapping[str, Mapping[str, str]] = {
    "answer": {"en": "Answer", "ru": "Ответ"},
    "contract": {"en": "Contract", "ru": "Договор"},
    "work_order": {"en": "Work order", "ru": "Наряд на работы"},
}


@dataclass(frozen=True, slots=True)
class Paper:
    title: str
    html: str


def templates() -> tuple[str, ...]:
    return tuple(TITLES)


def made(house: House, kind: RequestType, row: RequestRow, template: str, *, by: str,
         at: datetime, text: str = "") -> Paper:
    """One page, in the client's language; nothing in it is fetched from anywhere."""
    language = row.client_language if row.client_language in ("en", "ru") else house.language
    title = f"{said(TITLES[template], language)} · {row.id}"
    page = _environment().get_template(f"{template}.html").render(
        language=language, title=title, company=house.company, number=row.id,
        client=row.client_name or row.contact or "", account=row.account_number or "",
        type=said(kind.title, language), stage=stage_title(kind, row.stage, language),
        filed_at=in_company_time(row.filed_at, house), at=in_company_time(at, house), by=by,
        due_at=in_company_time(row.deadline_at, house), fields=_fields(kind, row, language),
        text=text, words=_WORDS[language])
    return Paper(title, page)


def _fields(kind: RequestType, row: RequestRow, language: str) -> list[tuple[str, str]]:
    """(label, value) of what was filled in, as the form shows it."""
    found = []
    for field in kind.field:
        value = str(row.form.get(field.name) or "")
        if not value:
            continue
        chosen = [option.label(language) for option in field.choices if option.value == value]
        found.append((said(field.label, language), chosen[0] if chosen else value))
    return found


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(loader=FileSystemLoader(FOLDER), autoescape=True,
                       undefined=StrictUndefined)


_WORDS = {
    "en": {"number": "Request", "of": "of", "client": "Client", "account": "Account",
           "stage": "Stage", "due": "Until", "dear": "Dear", "signed": "Signature",
           "done": "Done on", "seen": "What was found", "us": "For the company",
           "them": "The client", "intro": "We have looked at your request and answer as follows.",
           "agree": "The company and the client agree on the following."},
    "ru": {"number": "Обращение", "of": "от", "client": "Клиент", "account": "Лицевой счёт",
           "stage": "Этап", "due": "Срок", "dear": "Здравствуйте,", "signed": "Подпись",
           "done": "Выполнено", "seen": "Что обнаружено", "us": "От компании",
           "them": "Клиент", "intro": "Мы рассмотрели ваше обращение и сообщаем следующее.",
           "agree": "Компания и клиент договорились о следующем."},
}
