"""What the values of the configuration must look like, each refused with a reason a person can act on."""

import re
from ipaddress import ip_network
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator

# The grammar of the Matrix specification, appendix "Identifier Grammar".
_SERVER_NAME = r"(?:\[[0-9A-Fa-f:.]{2,45}\]|[0-9A-Za-z.-]{1,255})(?::[0-9]{1,5})?"
_USER_ID = re.compile(rf"@[!-9;-~]+:{_SERVER_NAME}")
_LONGEST_USER_ID = 255
_GROUP = re.compile(r"\w(?:[\w .-]*\w)?")
SQLITE = "sqlite:///"
POSTGRESQL = "postgresql://"


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("must be an address like https://matrix.example.org")
    if parts.username or parts.password:
        raise ValueError("must not hold a user name or password")
    return value.rstrip("/")


def _server_name(value: str) -> str:
    if not re.fullmatch(_SERVER_NAME, value):
        raise ValueError("must be a server name like example.org: the part of a Matrix id after the colon")
    return value


def _user_id(value: str) -> str:
    if not _USER_ID.fullmatch(value) or len(value) > _LONGEST_USER_ID:
        raise ValueError(f"must be a Matrix user id like @ada:example.org, not {value!r}")
    return value


def _principal(value: str) -> str:
    if value.startswith("@"):
        return _user_id(value)
    if not _GROUP.fullmatch(value):
        raise ValueError(f"must be a Matrix user id like @ada:example.org or a group's name, not {value!r}")
    return value


def _database_url(value: str) -> str:
    # No reason repeats the value: it may hold a password.
    if value.startswith(SQLITE):
        if value.removeprefix(SQLITE) in {"", ":memory:"}:
            raise ValueError(
                "must name a file: a database in memory forgets everything when the plugin stops"
            )
    elif not value.startswith(POSTGRESQL):
        raise ValueError("must start with sqlite:/// or postgresql://")
    return value


def _proxy(value: str) -> str:
    try:
        ip_network(value, strict=False)
    except ValueError:
        raise ValueError(
            f"must be an address like 10.0.0.1 or a network like 10.0.0.0/8, not {value!r}"
        ) from None
    return value


def _lower_case(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


WebAddress = Annotated[str, AfterValidator(_web_address)]
ServerName = Annotated[str, AfterValidator(_server_name)]
Principal = Annotated[str, AfterValidator(_principal)]
Proxy = Annotated[str, AfterValidator(_proxy)]
DatabaseUrl = Annotated[str, AfterValidator(_database_url)]
LogLevel = Annotated[Literal["debug", "info", "warning", "error"], BeforeValidator(_lower_case)]
