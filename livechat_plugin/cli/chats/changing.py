"""`livechat chats add` and `livechat chats edit`."""

import asyncio
from typing import Annotated, Any

import typer

from livechat_plugin.bootstrap.configuration import Configuration, configure
from livechat_plugin.bootstrap.office import office
from livechat_plugin.bootstrap.use_cases import UseCases
from livechat_plugin.cli.chats.options import (
    AccountApp,
    Customers,
    MessageApps,
    Operators,
    Rule,
    RuleSettings,
    SessionName,
    ShowName,
    ShowNameToExternal,
    Slug,
    Supervisors,
    WaitingAlert,
    given,
)
from livechat_plugin.cli.options import DEFAULT_CONFIG, ConfigPath, say
from livechat_plugin.cli.storing import actor
from livechat_plugin.core.live_chats import LiveChat
from livechat_plugin.services.again import anew
from livechat_plugin.services.live_chats import LiveChatForm, form_of

WAIT = 60.0
"""Seconds to wait for the running plugin to set a new live chat up."""


def add(  # noqa: PLR0913 - each is an option
    slug: Slug,
    name: Annotated[str, typer.Argument(help="Name that customers and operators see.")],
    *,
    operator: Operators = None,
    supervisor: Supervisors = None,
    customer: Customers = None,
    rule: Rule = None,
    rule_setting: RuleSettings = None,
    account_app: AccountApp = None,
    message_app: MessageApps = None,
    show_operator_name: ShowName = None,
    show_operator_name_to_external: ShowNameToExternal = None,
    session_name: SessionName = None,
    waiting_alert: WaitingAlert = None,
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Create a live chat; the running plugin sets it up on the homeserver."""
    configuration = configure(config)
    changes = given(
        operators=operator,
        supervisors=supervisor,
        customers=customer,
        rule=rule,
        rule_settings=rule_setting,
        account_app=account_app,
        message_apps=message_app,
        show_name=show_operator_name,
        show_name_to_external=show_operator_name_to_external,
        session_name=session_name,
        waiting_alert=waiting_alert,
    )
    live_chat = asyncio.run(_add(configuration, LiveChatForm(slug, name).changed(changes)))
    ghost = configuration.naming.live_chat(live_chat.slug)
    if live_chat.queue_room is None:
        say(f"{live_chat.name} is kept. `livechat serve` sets it up on the homeserver when it runs.")
    else:
        say(f"{live_chat.name} is ready: customers write to {ghost}.")


def edit(  # noqa: PLR0913 - each is an option
    slug: Slug,
    *,
    name: Annotated[str | None, typer.Option(help="Name that customers and operators see.")] = None,
    operator: Operators = None,
    supervisor: Supervisors = None,
    customer: Customers = None,
    rule: Rule = None,
    rule_setting: RuleSettings = None,
    account_app: AccountApp = None,
    message_app: MessageApps = None,
    show_operator_name: ShowName = None,
    show_operator_name_to_external: ShowNameToExternal = None,
    session_name: SessionName = None,
    waiting_alert: WaitingAlert = None,
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Change a live chat: what is not given stays; an empty text empties, as in --supervisor ''."""
    changes = given(
        operators=operator,
        supervisors=supervisor,
        customers=customer,
        rule=rule,
        rule_settings=rule_setting,
        account_app=account_app,
        message_apps=message_app,
        show_name=show_operator_name,
        show_name_to_external=show_operator_name_to_external,
        session_name=session_name,
        waiting_alert=waiting_alert,
    )
    if name is not None:
        changes["name"] = name
    before, after = asyncio.run(_edit(configure(config), slug, changes))
    say(f"{after.name} is changed." if after != before else f"{after.name} is like this already.")


@anew
async def _add(configuration: Configuration, form: LiveChatForm) -> LiveChat:
    async with office(configuration) as use_cases:
        administration = use_cases.administration
        checked = await administration.checking.look(form)
        async with use_cases.ports.store.begin() as work:
            live_chat = await administration.create(work, actor(), checked)
            await work.commit()
        return await _set_up(configuration, use_cases, live_chat)


@anew
async def _edit(
    configuration: Configuration, slug: str, changes: dict[str, Any]
) -> tuple[LiveChat, LiveChat]:
    async with office(configuration) as use_cases:
        administration, store = use_cases.administration, use_cases.ports.store
        async with store.read() as work:
            before = await administration.find(work, slug)
        checked = await administration.checking.look(form_of(before).changed(changes))
        async with store.begin() as work:
            after = await administration.edit(work, actor(), checked, before.version)
            await work.commit()
        return before, after


async def _set_up(configuration: Configuration, use_cases: UseCases, live_chat: LiveChat) -> LiveChat:
    """Wait until the running plugin has made the rooms; at once if none runs."""
    if not await _is_serving(configuration):
        return live_chat
    deadline = asyncio.get_running_loop().time() + WAIT
    while live_chat.queue_room is None and asyncio.get_running_loop().time() < deadline:
        await asyncio.sleep(0.2)
        async with use_cases.ports.store.read() as work:
            live_chat = await work.live_chats.get(live_chat.id) or live_chat
    return live_chat


async def _is_serving(configuration: Configuration) -> bool:
    web = configuration.settings.web
    try:
        _, writer = await asyncio.open_connection(web.listen_host, web.listen_port)
    except OSError:
        return False
    writer.close()
    await writer.wait_closed()
    return True
