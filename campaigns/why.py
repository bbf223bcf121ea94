"""Why-answers ○: one English sentence for each code that the ledger and the dialler store.

Screens that speak another language use the code and the facts; nothing is computed here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from campaigns.coverage import Facts, State

_CAMPAIGN: Mapping[str, str] = {
    "dialling": "It dials: {operators_ready} operators are ready.",
    "no_operator_ready": "Nothing is dialled because no operator of its queue is ready.",
    "callers_wait": "Nothing is dialled because incoming callers wait ({callers_waiting}) "
                    "for the {operators_ready} ready operators.",
    "lines_in_flight": "For each of the {operators_ready} ready operators a number is being "
                       "dialled already.",
    "operators_busy": "No further number is dialled: no operator of its queue is ready, "
                      "{own_lines} of its calls go on.",
    "another_campaign": "Nothing is dialled because the campaign “{other}” is dialling for its "
                        "{operators_ready} ready operators.",
    "too_many_dropped": "Nothing is dialled today because too many people who answered met no "
                        "operator: {dropped} of {answered}.",
    "too_risky": "No further number is dialled now: it would be answered while nobody is free "
                 "with a chance of {chance}, more than the {threshold} allowed.",
    "guarded": "It dials one number for each free operator only: {dropped} of today's {answered} "
               "answers met no operator, which is near the limit.",
    "trunk_full": "Nothing is dialled because all lines of the campaign are in use.",
    "operator_dials": "The operators dial this campaign by hand.",
    "nobody_due": "Operators are ready and nobody may be dialled now{next}.",
    "link_down": "Nothing is dialled because the link to Asterisk is down.",
    "broken": "Nothing is dialled because the campaign is damaged: {because}.",
    "law_refused": "Nothing is dialled because the law file does not allow it: {because}.",
    "complete": "It has ended: everybody on the list has a final state.",
    "stopped": "It was stopped.",
}
_CAMPAIGN_ONE: Mapping[str, str] = {      # the same with a single operator
    "dialling": "It dials: one operator is ready.",
    "callers_wait": "Nothing is dialled because incoming callers wait ({callers_waiting}) "
                    "for the one ready operator.",
    "lines_in_flight": "For the one ready operator a number is being dialled already.",
    "another_campaign": "Nothing is dialled because the campaign “{other}” is dialling for its "
                        "one ready operator.",
}
_STATE: Mapping[str, str] = {
    "draft": "It has not been started.",
    "paused": "It is paused.",
    "running": "It was just started.",
    "ended": "It has ended.",
}
_ENTRY: Mapping[str, str] = {
    "on_the_list": "Nobody has been dialled for this entry yet.",
    "never_dialled": "An attempt was prepared and never dialled.",
    "lease_ran_out": "An attempt was prepared and never dialled.",
    "dialling": "Being dialled, or in conversation, or in the wrap-up after it.",
    "busy": "The line was busy.",
    "no_answer": "Nobody answered.",
    "congestion": "The network had no way through.",
    "invalid": "The number does not exist; the next one follows.",
    "hung_up": "Answered, and hung up before an operator was on the line.",
    "dropped": "Answered while no operator was free in time: our fault.",
    "unknown": "The outcome of a dial is unknown; it counts as made.",
    "hours": "Outside the lawful hours ({rule}).",
    "limit": "The law allows no further call now: {counted} of {maximum} {unit}s in a {window} "
             "({rule}).",
    "gap": "The law asks for silence after the last {after} ({rule}).",
    "silence": "Silence until the day of the promise.",
    "message_heard": "Somebody heard the message; nobody can tell who.",
    "no_consent": "No provable consent to calls by a recorded voice ({rule}).",
    "on_a_card": "The card is on the screen of operator {operator}.",
    "skipped": "Operator {operator} skipped the card ({reason}). {note}",
    "card_returned": "The operator left without dialling the card.",
    "on_another_line": "The person or the number is on another line.",
    "call_later": "The person asked to be called later.",
    "wrong_number_next": "A number belonged to somebody else; the next one follows.",
    "another_later": "Another person answered; to be tried again.",
    "outcome_missing": "Somebody answered and the operator chose no outcome.",
    "no_number_left": "No number is left: {numbers}.",
    "attempts_used_up": "Every attempt is used up ({attempts}): {numbers}.",
    "no_number": "There is no number to call.",
    "no_client": "The client does not exist any more.",
    "denied": "The law forbids to call this person: {flag} ({rule}).",
    "flagged": "The card forbids every call to this person: {flag}.",
    "suppressed": "A do-not-call mark is set: {because}.",
    "no_rule": "No rule of law is in force for this campaign.",
    "no_zone": "The person's time zone is not known.",
    "no_hour": "No lawful hour within a month ({rule}).",
    "promise_kept": "The promise was kept.",
    "promise_broken": "The promised sum did not come by its day.",
    "payment": "A payment came in.",
    "incoming_call": "The person called us.",
    "complaint": "The person complained.",
    "dispute": "The person disputes the debt.",
    "suppression": "A do-not-call mark was set.",
    "removed": "Removed from the list: {reason}.",
    "supervisor": "Withdrawn by a supervisor.",
    "wrong_number": "The number belongs to somebody else.",
}


class _Facts(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "?"


def of_campaign(state: str, step_why: str | None, facts: Mapping[str, object],
                next_due_at: datetime | None = None) -> str:
    """Why a campaign dials, or does not."""
    if state != "running" and not (state == "ended" and step_why == "complete"):
        return _STATE[state]
    following = "" if next_due_at is None else f"; the next one from {_moment(next_due_at)} on"
    template = _CAMPAIGN.get(step_why or "", _STATE[state])
    if facts.get("operators_ready") == 1:
        template = _CAMPAIGN_ONE.get(step_why or "", template)
    return template.format_map(_Facts({**facts, "next": following}))


def of_entry(state: State, why: str, facts: Facts, until_at: datetime | None) -> str:
    """Why an entry is where it is."""
    numbers = ", ".join(f"{key} {value}" for key, value in facts.items() if key.startswith("+"))
    template = _ENTRY.get(why)
    if template is None:
        said = f"The operator chose “{why.replace('_', ' ')}”."
    else:
        said = template.format_map(_Facts({**facts, "numbers": numbers or "none"}))
    if until_at is None:
        return said
    return f"{said} Owed again from {_moment(until_at)}."


def _moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S UTC")
