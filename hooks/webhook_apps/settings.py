"""What can be set about webhook apps: where they are, and which there are."""

import os
import re
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field as Setting
from pydantic import field_validator, model_validator

from livechat_plugin import App, Field, FieldType, HookSettings

SECRET = "LIVECHAT_WEBHOOK_APPS_SECRET"  # noqa: S105 - the name of the variable that holds it
SHORTEST_SECRET = 32
_NAT64 = IPv6Network("64:ff9b::/96")
_OF_A_NETWORK = tuple(map(IPv6Network, ("::/96", "::ffff:0:0:0/96", "64:ff9b:1::/48", "fec0::/10")))
"""Of one's own network by their purpose, which Python does not know: old forms of IPv4 addresses, and local ones."""
_HOST = re.compile(r"[0-9A-Za-z._-]+|[0-9A-Fa-f:.]+")
"""A name or an address as everybody reads it: other letters are numbers or dots to some and none to others."""


class FieldSettings(HookSettings):
    """One field of an app."""

    key: str = Setting(pattern=r"^[a-z][a-z0-9_-]*$", description="Its name in requests and commands.")
    label: str = Setting(min_length=1, description="How people see it.")
    type: FieldType = Setting(description="What it holds, such as string, phone or account.")
    required: bool = Setting(default=False, description="Whether it must not be empty.")
    choices: list[str] = Setting(default=[], description="What can be chosen, for the type choice.")
    help: str = Setting(default="", description="One sentence for the person who fills it in.")
    app: str | None = Setting(default=None, description="App that it refers to, for the type reference.")


class AppSettings(HookSettings):
    """One app."""

    key: str = Setting(pattern=r"^[a-z][a-z0-9_-]*$", description="Its name in requests and commands.")
    name: str = Setting(min_length=1, description="How people see it.")
    uses: list[Literal["account", "message"]] = Setting(
        default=["account", "message"],
        description="account: live chats can be bound to it; message: registered.",
    )
    fields: list[FieldSettings] = Setting(description="What its items hold; one is of the type account.")

    @model_validator(mode="after")
    def _has_an_account_field(self) -> "AppSettings":
        if not any(field.type is FieldType.ACCOUNT for field in self.fields):
            raise ValueError(f"the app {self.key!r} needs a field of the type account")
        if len({field.key for field in self.fields}) < len(self.fields):
            raise ValueError(f"the app {self.key!r} has two fields of one key")
        return self


class WebhookAppsSettings(HookSettings):
    """Where the items are, and which apps there are. The secret comes from the environment alone."""

    url: str = Setting(description="Where requests go, such as https://crm.example.org/livechat.")
    apps: list[AppSettings] = Setting(
        min_length=1, description="The apps, each a table `[[…apps]]` with its `[[…apps.fields]]`."
    )
    allow_private_addresses: bool = Setting(
        default=False, description="Whether the address may be of your own network, and without encryption."
    )
    looking_timeout: float = Setting(
        default=1.5, gt=0, le=1.8, description="Seconds for looking an item up, all attempts together."
    )
    storing_timeout: float = Setting(
        default=8.0, gt=0, le=9.5, description="Seconds for searching and storing, all attempts together."
    )

    @field_validator("apps")
    @classmethod
    def _have_keys_of_their_own(cls, apps: list[AppSettings]) -> list[AppSettings]:
        if len({app.key for app in apps}) < len(apps):
            raise ValueError("two apps of one key")
        return apps

    @field_validator("url")
    @classmethod
    def _is_an_address(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in {"https", "http"} or not parts.hostname or parts.query or parts.fragment:
            raise ValueError("must be an address like https://crm.example.org/livechat")
        if parts.username or parts.password:
            raise ValueError("must not hold a user name or password")
        if not _HOST.fullmatch(parts.hostname):
            raise ValueError("must name its host in plain letters and digits, others as xn--…")
        return url.rstrip("/")

    @model_validator(mode="after")
    def _is_allowed(self) -> "WebhookAppsSettings":
        parts = urlsplit(self.url)
        if not self.allow_private_addresses:
            if parts.scheme != "https":
                raise ValueError("url must begin with https:// unless allow_private_addresses = true")
            if is_private(parts.hostname or ""):
                raise ValueError("url is a private address, which allow_private_addresses = true allows")
        if len(os.environ.get(SECRET, "")) < SHORTEST_SECRET:
            raise ValueError(
                f"the environment variable {SECRET} must hold at least {SHORTEST_SECRET} characters"
            )
        return self


def is_private(host: str) -> bool:
    """Whether an address belongs to the machine or to a network of one's own; names are looked up elsewhere."""
    host = host.lower().strip("[]").rstrip(".")
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        # Systems read `2130706433`, `127.1` and `0x7f.1` as addresses of their own kind, and ask no resolver.
        is_number = re.fullmatch(r"(0x[0-9a-f]*|\d+)", host.rpartition(".")[2]) is not None
        return is_number or host == "localhost" or host.endswith(".localhost") or not host
    inner = _inner(address)
    is_own = isinstance(address, IPv6Address) and any(address in network for network in _OF_A_NETWORK)
    return (
        is_own
        or not address.is_global
        or address.is_multicast
        or (inner is not None and is_private(str(inner)))
    )


def _inner(address: IPv4Address | IPv6Address) -> IPv4Address | None:
    """The IPv4 address to which what is sent to an IPv6 address is passed on: mapped, 6to4, Teredo, or NAT64."""
    if isinstance(address, IPv4Address):
        return None
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)


def as_app(settings: AppSettings) -> App:
    """An app of the configuration as everybody knows it."""
    return App(
        settings.key,
        settings.name,
        tuple(
            Field(
                field.key,
                field.label,
                field.type,
                is_required=field.required,
                choices=tuple(field.choices),
                help=field.help,
                app=field.app,
            )
            for field in settings.fields
        ),
    )
