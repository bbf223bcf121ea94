"""Old view plus deltas equals a fresh view, in types as in JSON."""

from __future__ import annotations

import copy
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.terminal import story
from workstation import protocol
from workstation.terminal import views


def raw(view: protocol.View) -> Any:
    return msgspec.to_builtins(view)


CHANGES = st.lists(st.one_of(
    st.builds(lambda key, state: ("operators", key, raw(story.operator(key, state=state))),
              st.sampled_from(["101", "102"]), st.sampled_from(["ready", "talking"])),
    st.builds(lambda key, wait: ("queues", key, raw(story.queue(key, key, wait))),
              st.sampled_from(["billing", "outages"]), st.floats(0, 99)),
    st.builds(lambda key, name: ("calls", key, raw(story.call(key, name=name))),
              st.sampled_from(["a", "b"]), st.text(max_size=5)),
    st.tuples(st.sampled_from(["operators", "queues", "calls", "later_invention"]),
              st.sampled_from(["101", "billing", "a"]), st.none())), max_size=25)


@given(CHANGES)
def test_shelves_follow_the_protocols_merge(rows: list[tuple[str, str, Any]]) -> None:
    changes = [protocol.Change(*row) for row in rows]
    plain: dict[str, dict[str, Any]] = {}
    protocol.merge(plain, copy.deepcopy(changes))
    shelves = views.Shelves()
    shelves.apply(changes)
    assert shelves == views.fresh(plain)


def test_a_view_with_an_unknown_field_is_refused() -> None:
    wrong = raw(story.operator()) | {"mood": "fine"}
    with pytest.raises(msgspec.ValidationError):
        views.fresh({"operators": {"101": wrong}})
