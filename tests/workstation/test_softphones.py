"""Never two rings: of all pages of one person one is the telephone."""

from __future__ import annotations

import asyncio

import aiohttp

from tests.workstation.office import Office
from workstation.softphones import TAKEN_ELSEWHERE, Holder, Softphones


def page(tab: str, *, is_open: bool = True) -> Holder:
    async def give_up() -> None:
        return
    return Holder(tab, is_open=lambda: is_open, give_up=give_up)


def test_the_page_that_is_the_telephone_stays_it_until_a_person_takes_it_over() -> None:
    phones, first, second = Softphones(), page("a"), page("b")
    assert phones.admit("101-web", first, "") is None
    assert phones.admit("101-web", second, "") is second, "it only shows everything"
    assert phones.admit("101-web", second, "order-1") is first
    assert phones.admit("101-web", first, "") is first


def test_a_page_that_connects_again_takes_nothing_back() -> None:
    phones, first, second = Softphones(), page("a"), page("b")
    phones.admit("101-web", first, "order-1")
    phones.admit("101-web", second, "order-2")
    assert phones.admit("101-web", first, "order-1") is first


def test_a_page_loaded_again_and_one_whose_other_is_gone_are_the_telephone() -> None:
    phones, first, again = Softphones(), page("a"), page("a")
    phones.admit("101-web", first, "")
    assert phones.admit("101-web", again, "") is first
    gone = page("c", is_open=False)
    phones.admit("102-web", gone, "")
    assert phones.admit("102-web", page("d"), "") is None


def test_another_person_is_another_telephone() -> None:
    phones = Softphones()
    phones.admit("101-web", page("a"), "")
    assert phones.admit("102-web", page("b"), "") is None


async def test_of_two_browsers_one_is_closed_with_the_reason(office: Office) -> None:
    """There is no Asterisk behind: the one that is let in waits, the other hears why not."""
    office.desk.softphones.holders["101-web"] = page("other-machine")
    headers = {**await office.bearer("anna"), "Origin": office.url}
    async with office.http.ws_connect(f"{office.url}/sip?tab=mine", protocols=("sip",),
                                      headers=headers) as socket:
        async with asyncio.timeout(30):
            frame = await socket.receive()
    assert frame.type is aiohttp.WSMsgType.CLOSE
    assert socket.close_code == TAKEN_ELSEWHERE
