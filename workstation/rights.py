"""Who may see, change and take away which clients and which of their fields ○.

`[[right]]` rules are settings. Whom no rule names keeps all that his role allows; whom rules name
has what they give, added up, for the clients they speak of; other clients are closed to him.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Annotated, Literal, Protocol, TypeAlias, get_args

from pydantic import BaseModel, ConfigDict, Field

Group = Literal["contacts", "money", "papers", "notes"]
GROUPS: tuple[Group, ...] = get_args(Group)
Deed = Literal["see", "change", "export"]
Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
Word = Annotated[str, Field(min_length=1, max_length=80)]


class Right(BaseModel):
    """What people of these roles and teams (none named: all) may with clients of these towns,
    tags, flags (none named: all)."""
    model_config = ConfigDict(frozen=True, extra="forbid")
    id: Slug
    roles: Annotated[tuple[Literal["operator", "supervisor", "administrator", "manager"], ...],
                     Field(min_length=1)] = ("operator",)
    groups: tuple[Slug, ...] = ()
    regions: tuple[Word, ...] = ()
    tags: tuple[Word, ...] = ()
    flags: tuple[Slug, ...] = ()
    see: tuple[Group, ...] = GROUPS
    change: tuple[Group, ...] = GROUPS
    export: tuple[Group, ...] = ()

    @property
    def is_for_all_clients(self) -> bool:
        return not (self.regions or self.tags or self.flags)


class ViewLimits(BaseModel):
    """How many cards an operator may open by himself; calls offered to him never count. 0: any
    number. Beyond it he is asked for a reason, or refused; his leads are told."""
    model_config = ConfigDict(frozen=True, extra="forbid")
    per_hour: Annotated[int, Field(ge=0, le=100_000)] = 0
    per_day: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    beyond: Literal["ask", "refuse"] = "ask"


class Somebody(Protocol):
    """Who asks."""
    @property
    def role(self) -> str: ...
    @property
    def groups(self) -> frozenset[str]: ...


@dataclass(frozen=True, slots=True)
class Traits:
    """What rules look at in a client; towns are folded."""
    towns: frozenset[str]
    tags: frozenset[str]
    flags: frozenset[str]


Hidden: TypeAlias = tuple[tuple[Group, str], ...]       # group, the rules that do not give it


@dataclass(frozen=True, slots=True)
class Lens:
    """What somebody does not see: groups of fields, each with the rules that leave it out."""
    hidden: Hidden = ()
    is_closed: bool = False

    @property
    def groups(self) -> frozenset[str]:
        return frozenset(group for group, _ in self.hidden)


CLEAR = Lens()


def rules_for(person: Somebody, rights: Iterable[Right]) -> tuple[Right, ...]:
    return tuple(right for right in rights if person.role in right.roles and (
        not right.groups or person.groups & set(right.groups)))


def matching(rules: Iterable[Right], client: Traits) -> tuple[Right, ...]:
    """Those that speak of this client. Towns are to be folded already, see `folded`."""
    return tuple(rule for rule in rules if (
        (not rule.regions or client.towns & set(rule.regions))
        and (not rule.tags or client.tags & set(rule.tags))
        and (not rule.flags or client.flags & set(rule.flags))))


def lens(rules: tuple[Right, ...], deed: Deed = "see") -> Lens:
    """Through these rules, all of one person and (where a client is meant) of one client."""
    given = {group for rule in rules for group in _given(rule, deed)}
    named = ", ".join(rule.id for rule in rules)
    return Lens(tuple((group, named) for group in GROUPS if group not in given))


def _given(rule: Right, deed: Deed) -> tuple[Group, ...]:
    if deed == "see":
        return rule.see
    return rule.change if deed == "change" else rule.export


def through(person: Somebody, rights: tuple[Right, ...], client: Traits | None,
            deed: Deed = "see") -> Lens:
    """What this person does not see (or may not change) of this client; `client` None: of a
    client whose call was given to him, where all his rules speak."""
    rules = rules_for(person, rights)
    if not rules:
        return CLEAR
    speaking = rules if client is None else matching(rules, client)
    if not speaking:
        named = ", ".join(rule.id for rule in rules)
        return Lens(tuple((group, named) for group in GROUPS), is_closed=True)
    return lens(speaking, deed)


def folded(right: Right, fold: Callable[[str], str]) -> Right:
    """The rule with its towns in the form that `Traits` has; `fold` is the store's."""
    return right.model_copy(update={"regions": tuple(fold(town) for town in right.regions)})
