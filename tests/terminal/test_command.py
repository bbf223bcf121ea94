"""`deskline terminal`, wrongly used."""

from __future__ import annotations

import subprocess
import sys

import pytest

from workstation.terminal.link import UnusableUrl, live_url


def test_without_a_terminal_it_says_so_in_one_line() -> None:
    done = subprocess.run([sys.executable, "-m", "workstation.cli.main", "terminal"],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
                          check=False)
    assert done.returncode == 1
    assert done.stderr == "deskline: needs a terminal to draw in\n"


@pytest.mark.parametrize(("server", "url"), [
    ("http://127.0.0.1:8080", "ws://127.0.0.1:8080/live"),
    ("https://desk.example/", "wss://desk.example/live"),
    ("desk.example:8080", "ws://desk.example:8080/live"),
    ("https://desk.example/deskline", "wss://desk.example/deskline/live"),
])
def test_the_live_socket_of_a_server(server: str, url: str) -> None:
    assert live_url(server) == url


@pytest.mark.parametrize("server", ["ftp://x", "http://", ""])
def test_an_address_of_another_kind_is_refused(server: str) -> None:
    with pytest.raises(UnusableUrl):
        live_url(server)
