"""One secret per installation; every password of the telephone side is derived from it."""

import base64
import hashlib
import hmac
import os
from pathlib import Path

SECRET_BYTES = 32


def derive(secret: bytes, purpose: str) -> str:
    """The password for `purpose` (`"sip:101"`, `"ami:observer"`): 32 URL-safe characters.

    HMAC-SHA256 keyed by the installation's secret, so nothing but the secret is ever stored and
    a password of one purpose tells nothing about another's.
    """
    digest = hmac.new(secret, purpose.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:24]).decode()


def load_or_create(path: Path) -> bytes:
    """The installation's secret, made on first use; the file is readable by its owner only.

    Raises OSError when the folder cannot be written, ValueError when the file is cut short.
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return load(path)
    with os.fdopen(handle, "wb") as file:
        file.write(os.urandom(SECRET_BYTES))
    return load(path)


def load(path: Path) -> bytes:
    """Raises OSError, ValueError when the file is cut short."""
    secret = path.read_bytes()
    if len(secret) != SECRET_BYTES:
        raise ValueError(f"{path} should hold {SECRET_BYTES} bytes and holds {len(secret)}")
    return secret
