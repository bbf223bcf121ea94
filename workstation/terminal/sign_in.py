"""The first screen: login and password, and why the last try failed."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Button, Input

from workstation.protocol import SignIn
from workstation.terminal.pictures.line import row
from workstation.terminal.screens import LiveScreen
from workstation.terminal.widgets.panels import Picture


class SignInScreen(LiveScreen):
    def __init__(self, server: str, login: str, problem: str = "") -> None:
        super().__init__()
        self._server = server
        self._login = login
        self._problem = problem

    def compose(self) -> ComposeResult:
        words = self.desk.words
        with Vertical(classes="dialog"):
            yield Picture(classes="title")
            yield Picture(classes="part", id="server")
            yield Picture(id="login-label", classes="part")
            yield Input(self._login, id="login", compact=True)
            yield Picture(id="password-label", classes="part")
            yield Input(password=True, id="password", compact=True)
            yield Button(words("terminal.sign_in"), id="enter", compact=True)
            yield Picture(id="problem")

    def on_mount(self) -> None:
        words = self.desk.words
        self.query_one(".title", Picture).show(Content("Deskline"))
        self.query_one("#server", Picture).show(row((self._server, "$dim")))
        self.query_one("#login-label", Picture).show(Content(words("terminal.login")))
        self.query_one("#password-label", Picture).show(Content(words("terminal.password")))
        self.say(self._problem)
        self.query_one("#password" if self._login else "#login", Input).focus()

    def say(self, problem: str) -> None:
        self.query_one("#problem", Picture).show(
            row((f"! {problem}", "bold $state-breach")) if problem else Content(""))

    def show(self, touched: frozenset[str]) -> None:
        if "link" in touched and self.desk.link.why:
            self.say(self.desk.words("terminal.no_server", why=self.desk.link.why))

    @on(Button.Pressed)
    @on(Input.Submitted)
    def _enter(self) -> None:
        login = self.query_one("#login", Input).value.strip()
        password = self.query_one("#password", Input).value
        if not login or not password:
            self.query_one("#login" if not login else "#password", Input).focus()
            return
        self.query_one("#problem", Picture).show(Content(self.desk.words("terminal.signing_in")))
        self.terminal.sign_in(SignIn(login=login, password=password))
