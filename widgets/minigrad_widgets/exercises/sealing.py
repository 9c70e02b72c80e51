"""Hints and solutions as one short text, so that nobody reads them by accident. It hides, it does not protect."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from typing import Any


def seal(notes: dict[str, Any]) -> str:
    """A text of letters and digits; the same for the same notes."""
    plain = json.dumps(notes, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return base64.urlsafe_b64encode(zlib.compress(plain.encode(), 9)).decode()


def unseal(text: str) -> dict[str, Any]:
    """What was sealed. ValueError where the text was changed."""
    try:
        return json.loads(zlib.decompress(base64.urlsafe_b64decode(text)))
    except (ValueError, binascii.Error, zlib.error):
        raise ValueError(
            "the notes of this notebook were changed: take its first cell from a fresh copy"
        ) from None
