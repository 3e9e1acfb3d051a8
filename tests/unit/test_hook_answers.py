"""What hooks answer is checked to its last field, and cleaned of what no database could keep."""

from typing import Any

import pytest
from structlog.testing import capture_logs

from livechat_plugin import (
    Admit,
    App,
    AssignTo,
    Field,
    Hook,
    HookSettings,
    OfferToGroup,
    Refuse,
    hookimpl,
)
from livechat_plugin.core.errors import ConfigurationError
from livechat_plugin.hookcalls import Hooks
from tests.unit.test_hookcalls import WHO, Greeter, ask, named


class Decider(Hook[HookSettings]):
    def __init__(self, answer: object) -> None:
        super().__init__(HookSettings())
        self.answer = answer

    @hookimpl
    def livechat_choose_route(self) -> object:
        return self.answer


async def decide(hooks: Hooks) -> object:
    return await hooks.choose("livechat_choose_route", (OfferToGroup, AssignTo), **WHO)


WRONG_FIELDS: list[Any] = [
    AssignTo(["@anna:example.org"]),  # type: ignore[arg-type]
    AssignTo(None),  # type: ignore[arg-type]
]


@pytest.mark.parametrize("answer", WRONG_FIELDS, ids=repr)
async def test_an_answer_with_a_wrong_field_counts_as_none(answer: object) -> None:
    failed: list[str] = []
    hooks = Hooks(named(good=Decider(OfferToGroup()), bad=Decider(answer)), on_failure=failed.append)
    with capture_logs() as lines:
        assert await decide(hooks) == OfferToGroup()
    assert failed == ["bad"]
    assert "something wrong in it" in lines[0]["what"]
    assert "anna" not in repr(lines)


async def test_a_refusal_without_words_counts_as_none() -> None:
    class Refusing(Hook[HookSettings]):
        @hookimpl
        def livechat_choose_admission(self) -> object:
            return Refuse(123)  # type: ignore[arg-type]

    hooks = Hooks(named(bad=Refusing(HookSettings())))
    who = {**WHO, "first_message": None}
    assert await hooks.choose("livechat_choose_admission", (Admit, Refuse), **who) is None


async def test_words_that_no_database_could_keep_are_cleaned() -> None:
    assert await ask(Hooks(named(a=Greeter("Hello \0Eve \ud83d!")))) == "Hello Eve ?!"
    answer = AssignTo("@an\0na:example.org")
    assert await decide(Hooks(named(a=Decider(answer)))) == AssignTo("@anna:example.org")


async def test_what_is_registered_is_checked_to_its_last_field() -> None:
    account = Field("account", "Account", "account")  # type: ignore[arg-type]

    class Apps(Hook[HookSettings]):
        @hookimpl
        def livechat_register_account_apps(self) -> list[App]:
            return [App("contacts", "Contacts", (account,))]

    hooks = Hooks(named(apps=Apps(HookSettings())))
    with pytest.raises(ConfigurationError, match=r"fields\.0\.type") as error:
        await hooks.register("livechat_register_account_apps", App, lambda app: app.key)
    assert error.value.key == "hooks.apps"
