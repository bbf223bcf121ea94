"""The server as those see it who speak to it from outside."""

from __future__ import annotations

import http.client
import urllib.parse


def live_url(url: str) -> str:
    """`http://host:port` → `ws://host:port/live`."""
    return f"{url.replace('http', 'ws', 1)}/live"


def is_ready(url: str) -> bool:
    """Whether `/readyz` says yes, within two seconds; blocks."""
    address = urllib.parse.urlsplit(url)
    link = http.client.HTTPConnection(address.hostname or "", address.port, timeout=2)
    try:
        link.request("GET", "/readyz")
        return link.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        link.close()
