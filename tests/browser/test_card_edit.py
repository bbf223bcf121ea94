"""The card as a form in its place, and the page of the company's own fields."""

from __future__ import annotations

from dataclasses import replace as copy
from typing import Any

import pytest
from msgspec.structs import replace
from playwright.async_api import Page, expect

from tests.browser import stories as s
from tests.browser.conftest import Open
from tests.browser.test_looks import sticking_out, violations
from workstation import protocol as p

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


def own_field(key: str, label: str, kind: Any, **more: Any) -> p.FieldView:
    return p.FieldView(**{
        "key": key, "label": label, "kind": kind, "choices": [], "currency": "", "refers_to": "",
        "searchable": True, "sensitive": False, "place": 0, "version": 1, "retired": False,
        **more})


FIELDS = [own_field("tariff", "Tariff", "choice", choices=["Day", "Night"]),
          own_field("limit", "Credit limit", "money", currency="RUB"),
          own_field("passport", "Passport", "text", sensitive=True)]


def deep(**changes: Any) -> p.CardView:
    """Everything that a card may hold."""
    vouched = {"source": "operator", "trust": 95, "confirmed_at": s.moment(-86400),
               "confirmed_by": "101"}
    card = replace(
        s.card(), version=7, time_zone="Asia/Vladivostok", flags=["vip", "in_court"],
        emails=[p.EmailView(email="ivan.ivanov@example.org", name="work", primary=True,
                            **vouched)],
        addresses=[p.AddressView(
            id=3, text="443030, Samara, Lesnaya, 14, 36", city="Samara", street="Lesnaya",
            house="14", flat="36", postcode="443030", name="post", primary=True, **vouched)],
        relations=[
            p.RelationView(id=1, client_id=4820, name="Ivanova Vera", role="son", calls_for=True,
                           note="", confirmed_at=None, confirmed_by=None),
            p.RelationView(id=2, client_id=4821, name="OOO Vektor", role="bookkeeper",
                           calls_for=True, note="until spring", confirmed_at=s.moment(-9e5),
                           confirmed_by="101")],
        consents=[p.ConsentView(kind="calls", given=False, channel="paper", note="", by="101",
                                at=s.moment(-9e5)),
                  p.ConsentView(kind="recording", given=True, channel="phone", note="", by="101",
                                at=s.moment(-9e5))],
        custom=[p.CustomView(field=FIELDS[0], value="Night", text="Night", hidden=False),
                p.CustomView(field=FIELDS[1], hidden=False, text="1500.50 RUB",
                             value={"amount_minor": 150050, "currency": "RUB"}),
                p.CustomView(field=FIELDS[2], value=None, text="", hidden=True)])
    return replace(card, **changes)


def changed(field: str, before: Any, after: Any) -> p.ChangedView:
    return p.ChangedView(version=8, field=field, label="", before=before, after=after,
                         hidden=False, by="102", at=s.moment())


def story(**replies: Any) -> s.Story:
    made = s.desk(s.talking(card=deep()), "talking")
    return copy(made, replies={**made.replies, **{
        name.replace("__", "."): reply for name, reply in replies.items()}})


async def edit(page: Page) -> None:
    await page.keyboard.press("Alt+KeyE")
    await expect(page.locator("#edit-name")).to_be_focused()


async def test_the_card_shows_all_that_hangs_on_a_client(open_story: Open) -> None:
    page, _ = await open_story(story(), height=1400)
    card = page.locator("client-panel")
    for text in ("ivan.ivanov@example.org", "443030, Samara", "Ivanova Vera",
                 "calls for him as son", "until spring", "calls: withdrawn", "Night",
                 "1,500.50", "there"):
        await expect(card).to_contain_text(text)
    await expect(card.locator(".card-stop")).to_contain_text("in court")
    await expect(card.locator("[data-field=passport]")).to_have_text("•••••")
    await expect(card.locator(".phone-row .quiet").first).to_be_disabled()


async def test_a_card_is_edited_by_keys_alone(open_story: Open) -> None:
    page, stage = await open_story(story(client__change=lambda _: {"card": deep(version=8)}))
    await edit(page)
    await page.keyboard.press("Control+a")
    await page.keyboard.type("Petrov Petr")
    await page.keyboard.press("Enter")
    await expect(page.locator("card-editor")).to_have_count(0)
    assert stage.asked("client.change") == [
        {"client_id": 4812, "version": 7, "changes": {"name": "Petrov Petr"}}]


async def test_escape_undoes_the_field_and_then_leaves(open_story: Open) -> None:
    page, stage = await open_story(story())
    await edit(page)
    await page.keyboard.type("x")
    await page.keyboard.press("Escape")
    await expect(page.locator("#edit-name")).to_have_value("Ivanov Ivan Ivanovich")
    await page.keyboard.press("Escape")
    await expect(page.locator("card-editor")).to_have_count(0)
    assert stage.asked("client.change") == []


async def test_what_is_not_saved_is_not_left_by_one_key(open_story: Open) -> None:
    page, _ = await open_story(story())
    await edit(page)
    await page.locator("[data-flag=do_not_call]").check()
    await page.keyboard.press("Escape")
    await expect(page.locator("card-editor")).to_contain_text("Not everything is saved")
    await page.keyboard.press("Escape")
    await expect(page.locator("card-editor")).to_have_count(0)


async def test_what_is_wrong_stands_at_its_field(open_story: Open) -> None:
    wrong = p.Problem(code="fields_invalid", title="x", facts={"fields": {
        "phones.0": "no_phone", "custom.limit": "no_sum"}})
    page, stage = await open_story(story(client__change=lambda _: wrong))
    await edit(page)
    await page.locator("[data-add=phones]").click()
    await page.keyboard.type("call me")
    await page.locator("#edit-limit").fill("a lot")
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-error='phones.2']")).to_have_text(
        "This is no telephone number.")
    await expect(page.locator("[data-error='custom.limit']")).to_be_visible()
    await expect(page.locator("#edit-phones-2-number")).to_have_value("call me")
    assert stage.asked("client.change")[0]["changes"] == {
        "custom": {"limit": "a lot"}, "phones": [{"number": "call me", "name": ""}]}


async def test_the_second_of_two_sees_what_changed_and_keeps_his_text(open_story: Open) -> None:
    fresh = deep(version=8, name="Ivanov Ivan")
    fresh = replace(fresh, tags=["new tag"])
    stale = p.Problem(code="stale", title="x", facts={
        "version": 8, "card": fresh, "changes": [
            changed("name", "Ivanov Ivan Ivanovich", "Ivanov Ivan"),
            changed("tags", ["two-tariff meter", "paper invoice"], ["new tag"])]})
    answers = [stale, {"card": deep(version=9)}]
    page, stage = await open_story(story(client__change=lambda _: answers.pop(0)))
    await edit(page)
    await page.keyboard.press("Control+a")
    await page.keyboard.type("Ivanov I.")
    await page.keyboard.press("Enter")
    notice = page.locator("[data-stale]")
    await expect(notice).to_contain_text("saved this card at")
    await expect(notice).to_contain_text("Ivanov Ivan Ivanovich → Ivanov Ivan")
    await expect(page.locator("#edit-name")).to_have_value("Ivanov I.")
    await expect(page.locator("#edit-tags")).to_have_value("new tag")
    await page.locator("#edit-name").press("Enter")
    await expect(page.locator("card-editor")).to_have_count(0)
    assert [(one["version"], one["changes"]) for one in stage.asked("client.change")] == [
        (7, {"name": "Ivanov I."}), (8, {"name": "Ivanov I."})]


async def test_what_is_typed_on_a_card_survives_a_reload(open_story: Open) -> None:
    page, _ = await open_story(story())
    await edit(page)
    await page.keyboard.press("Home")
    await page.keyboard.type("Typed ")
    await page.reload()
    await expect(page.locator("#edit-name")).to_have_value("Typed Ivanov Ivan Ivanovich")


async def test_a_relation_is_made_with_a_client_found_as_one_types(open_story: Open) -> None:
    page, stage = await open_story(story(client__change=lambda _: {"card": deep()}))
    await edit(page)
    await page.locator("[data-add=relations]").click()
    picker = page.locator("client-picker input")
    await picker.fill("ivano")
    await expect(page.locator(".picker-hits li").first).to_be_visible()
    await picker.press("Enter")
    await page.locator(".cell-role").fill("bookkeeper")
    await page.locator(".cell-role").press("Enter")
    await expect(page.locator("card-editor")).to_have_count(0)
    made = stage.asked("client.change")[0]["changes"]["relations"][0]
    assert (made["role"], made["calls_for"], made["client_id"] > 0) == ("bookkeeper", True, True)


async def test_who_changed_what_is_read_when_it_is_opened(open_story: Open) -> None:
    page, stage = await open_story(story(client__history=lambda _: {
        "changes": [changed("phone:+79161112233", None, {"is_primary": True, "label": "work"})],
        "cursor": None, "consents": []}))
    assert stage.asked("client.history") == []
    await page.locator(".card-history summary").click()
    await expect(page.locator(".history-list")).to_contain_text("Phone +79161112233")


async def test_an_administrator_defines_a_field(open_story: Open) -> None:
    taken = p.Problem(code="fields_invalid", title="x", facts={"fields": {
        "choices": "choices_missing"}})
    answers: list[Any] = [taken, {"field": FIELDS[0]}]
    boss = copy(s.floor(), me=s.me(("administrator",)), replies={
        "field.list": lambda _: {"fields": FIELDS}, "field.define": lambda _: answers.pop(0)})
    page, stage = await open_story(boss, "/floor#base/fields")
    await expect(page.locator("[data-field-row=tariff]")).to_contain_text("Day, Night")
    await page.locator("[data-act=new-field]").click()
    await page.locator("#field-label").fill("Heating")
    await page.locator("#field-kind").select_option("choice")
    await page.locator("#field-label").press("Enter")
    await expect(page.locator("[data-error=choices]")).to_be_visible()
    await page.locator("#field-choices").fill("Gas\nElectric\n")
    await page.locator("#field-label").press("Enter")
    await expect(page.locator(".fields-form")).to_have_count(0)
    assert stage.asked("field.define")[1]["shape"]["choices"] == ["Gas", "Electric"]


@pytest.mark.parametrize(("theme", "lang"), [("light", "en"), ("dark", "ru")])
async def test_card_form_and_fields_page_are_sound(
    theme: str, lang: str, open_story: Open,
) -> None:
    wrong = p.Problem(code="fields_invalid", title="x", facts={"fields": {"name": "too_long"}})
    page, _ = await open_story(story(client__change=lambda _: wrong), theme=theme, lang=lang)
    assert await violations(page) == []
    await edit(page)
    await page.keyboard.type("x")
    await page.locator("[data-add=relations]").click()
    await page.locator("#edit-name").press("Enter")
    await expect(page.locator("[data-error=name]")).to_be_visible()
    assert await violations(page) == []
    form = page.locator(".card-edit")
    assert await form.evaluate("form => form.scrollWidth <= form.clientWidth")
    boss = copy(s.floor(), me=s.me(("administrator",)), replies={
        "field.list": lambda _: {"fields": FIELDS}})
    page, _ = await open_story(boss, "/floor#base/fields", theme=theme, lang=lang)
    await page.locator("[data-act=new-field]").click()
    await expect(page.locator("#field-label")).to_be_focused()
    assert await violations(page) == []
    assert await sticking_out(page) == []
