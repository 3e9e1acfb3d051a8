"""How often one may try what everybody may ask."""

import pytest

from livechat_plugin.web.console.limiting import Limiter, TooManyTries


def test_one_address_cannot_use_up_what_is_everybodys() -> None:
    limiter = Limiter(each=3, together=10)
    for _ in range(3):
        limiter.check("sign-in", "192.0.2.1")
    for _ in range(20):
        with pytest.raises(TooManyTries):
            limiter.check("sign-in", "192.0.2.1")
    limiter.check("sign-in", "192.0.2.2")


def test_all_together_are_limited_and_nobody_else_is_remembered_then() -> None:
    limiter = Limiter(each=3, together=4)
    for number in range(4):
        limiter.check("sign-in", f"192.0.2.{number}")
    known = len(limiter._limits.storage.events)  # type: ignore[attr-defined]
    for number in range(4, 9):
        with pytest.raises(TooManyTries):
            limiter.check("sign-in", f"192.0.2.{number}")
    assert len(limiter._limits.storage.events) == known  # type: ignore[attr-defined]
