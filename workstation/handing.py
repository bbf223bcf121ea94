"""A call handed on ○: whoever gets it sees what its operator has typed, and whose it is."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from crm_store.drafts import Draft
from workstation import views
from workstation.protocol import DraftView, FormView, HandedView


def of_draft(draft: DraftView, operator: str, name: str) -> HandedView | None:
    """None: nothing is typed."""
    if not (draft.note.strip() or draft.form or draft.disposition):
        return None
    return HandedView(operator=operator, name=name, note=draft.note,
                      disposition=draft.disposition, form_type=draft.form_type, form=draft.form,
                      at=draft.saved_at or "")


def of_row(row: Draft | None, names: Mapping[str, str]) -> HandedView | None:
    """Also of one he has finished meanwhile: what he found out still helps."""
    if row is None:
        return None
    return of_draft(views.draft_content(row), row.operator, names.get(row.operator, row.operator))


def filled(form: FormView, handed: HandedView | None) -> FormView:
    """The form with the fields that the colleague filled in."""
    if handed is None or handed.form_type not in (None, form.type) or not handed.form:
        return form
    return replace(form, fields=[
        replace(field, value=handed.form.get(field.name, field.value)) for field in form.fields])
