"""`livechat install`: configuration, registration file, and what the homeserver needs to know of it.

Whatever is there already stays: tokens never change, and a second run changes nothing.
"""

import os
from pathlib import Path
from typing import Annotated

import tomlkit
import typer
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AbstractTable, Array

from livechat_plugin.atomic_file import replace_file
from livechat_plugin.cli.options import DEFAULT_CONFIG, ConfigPath, say
from livechat_plugin.cli.synapse_configuration import SynapseConfiguration, instructions
from livechat_plugin.cli.synapse_modules import USER_DIRECTORY, add_module
from livechat_plugin.core.errors import ConfigurationError
from livechat_plugin.matrix.registration import AppserviceRegistration
from livechat_plugin.refused_settings import refusal
from livechat_plugin.resources import bundled
from livechat_plugin.settings import Settings, parse_settings

# The owner and a group: hooks' settings and a database password may stand in the file.
_CONFIG_MODE = 0o640


def install(
    config: ConfigPath = DEFAULT_CONFIG,
    *,
    homeserver_url: Annotated[
        str | None, typer.Option(help="Where the plugin reaches the homeserver.")
    ] = None,
    server_name: Annotated[str | None, typer.Option(help="The homeserver's name, like example.org.")] = None,
    address: Annotated[str | None, typer.Option(help="Where the homeserver reaches the plugin.")] = None,
    administrator: Annotated[
        list[str] | None, typer.Option(help="Matrix id of an administrator of live chats; repeatable.")
    ] = None,
    write: Annotated[
        Path | None, typer.Option(help="Synapse's homeserver.yaml: read from it, and add the registration.")
    ] = None,
    user_directory: Annotated[
        bool,
        typer.Option(
            "--user-directory",
            help="With --write: let people find live chats by name. Synapse needs this package beside it.",
        ),
    ] = False,
) -> None:
    """Make the configuration and the registration file, and introduce the plugin to the homeserver.

    Safe to run again: what is there stays, tokens never change, and after a change of name or address
    the registration follows.
    """
    if user_directory and write is None:
        raise ConfigurationError(
            str(config), "", "--user-directory changes homeserver.yaml: give --write, too"
        )
    synapse = SynapseConfiguration.load(write) if write else None
    values = {
        ("homeserver", "url"): homeserver_url,
        ("homeserver", "server_name"): server_name,
        ("web", "address"): address,
    }
    given = {place: value for place, value in values.items() if value is not None}
    if config.exists():
        template = _content(config)
    else:
        template = bundled("plugin.toml").read_text(encoding="utf-8")
        given = _for_a_new_file(config, given, synapse)
    settings = _configure(config, template, given, administrator or [])
    changed = _register(settings)
    registration = settings.homeserver.registration
    if synapse is None:
        _explain(registration, changed=changed)
        return
    if synapse.registers(registration):
        say(f"in place  {synapse.path}")
    else:
        backup = synapse.register(registration)
        say(f"changed   {synapse.path}: the registration is added; the old file is {backup.name}", "green")
        changed = True
    if user_directory:
        changed = _add_to_user_directory(synapse, settings.homeserver.user_prefix) or changed
    if changed:
        say()
        say(
            f"Restart the homeserver now. Its user must be able to read {registration}.",
            "bold",
        )
    else:
        say("Everything is in place.")


def _add_to_user_directory(synapse: SynapseConfiguration, prefix: str) -> bool:
    """Add the module that puts live chats into the user directory; tell whether it was not there yet."""
    if synapse.has_module(USER_DIRECTORY):
        return False
    add_module(synapse.path, USER_DIRECTORY, {"prefix": prefix})
    say(f"changed   {synapse.path}: live chats are found by name", "green")
    return True


def _for_a_new_file(
    config: Path, given: dict[tuple[str, str], str], synapse: SynapseConfiguration | None
) -> dict[tuple[str, str], str]:
    """Complete what a new configuration needs, from the environment and from Synapse's own file."""
    found = dict(given)
    problems = []
    for key, option, read in (
        ("url", "--homeserver-url", synapse and synapse.client_url),
        ("server_name", "--server-name", synapse and synapse.server_name),
    ):
        value = (
            given.get(("homeserver", key)) or os.environ.get(f"LIVECHAT_HOMESERVER__{key.upper()}") or read
        )
        if value:
            found["homeserver", key] = value
        else:
            source = (
                f"{synapse.path} doesn't tell" if synapse else "--write homeserver.yaml reads it from there"
            )
            problems.append(
                ConfigurationError(
                    str(config), f"homeserver.{key}", f"is not known: give {option} ({source})"
                )
            )
    if problems:
        raise refusal(problems)
    return found


def _content(config: Path) -> str:
    try:
        return config.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(str(config), "", f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(str(config), "", f"is not valid TOML: {error}") from error


def _configure(
    config: Path, text: str, given: dict[tuple[str, str], str], administrators: list[str]
) -> Settings:
    """Put the given values into the configuration, comments kept; nothing is written that isn't valid."""
    try:
        document = tomlkit.parse(text)
    except TOMLKitError as error:
        raise ConfigurationError(str(config), "", f"is not valid TOML: {error}") from error
    for (section, key), value in given.items():
        table = _table(document, section, config)
        if table.get(key) != value:
            table[key] = value
    if administrators:
        table = _table(document, "access", config)
        listed = table.setdefault("administrators", tomlkit.array())
        if isinstance(listed, Array):
            listed.extend(one for one in dict.fromkeys(administrators) if one not in listed)
    new_text = tomlkit.dumps(document)
    settings = parse_settings(new_text, config)
    if not config.exists():
        say(f"created   {config}", "green")
    elif new_text == text:
        say(f"in place  {config}")
        return settings
    else:
        say(f"changed   {config}", "green")
    replace_file(config, new_text, new_mode=_CONFIG_MODE)
    return settings


def _table(document: tomlkit.TOMLDocument, section: str, config: Path) -> AbstractTable:
    table = document.setdefault(section, tomlkit.table())
    if not isinstance(table, AbstractTable):
        raise ConfigurationError(str(config), section, "must be a table of keys")
    return table


def _register(settings: Settings) -> bool:
    """Make the registration file, or make it follow the configuration; tell whether it changed."""
    path = settings.homeserver.registration
    facts = {
        "url": settings.web.address,
        "server_name": settings.homeserver.server_name,
        "prefix": settings.homeserver.user_prefix,
    }
    if not path.exists():
        AppserviceRegistration.create(**facts).save(path)
        say(f"created   {path}: only its owner may read it", "green")
        return True
    registration = AppserviceRegistration.load(path)
    current = registration.brought_up_to_date(**facts)
    if current == registration:
        say(f"in place  {path}")
        return False
    current.save(path)
    changes = ", ".join(registration.differences(current))
    say(f"changed   {path}: {changes}; the tokens are the same", "green")
    return True


def _explain(registration: Path, *, changed: bool) -> None:
    if not changed:
        say("Everything is in place here. The homeserver's configuration must have:")
    else:
        say()
        say("Add this to the homeserver's configuration, with the path as the homeserver sees it:")
    say()
    say(instructions(registration), "bold")
    say()
    say(f"The homeserver's user must be able to read {registration}, and nobody else should.")
    say("Restart the homeserver afterwards. On Synapse's machine, --write homeserver.yaml adds the lines.")
