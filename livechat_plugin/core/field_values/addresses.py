"""Fields that hold addresses and ids: links, files, employees, accounts."""

import re
from urllib.parse import urlsplit

from livechat_plugin.core.apps import account_key
from livechat_plugin.core.field_values.not_a_value import NotAValue
from livechat_plugin.core.field_values.words import shortened

LONGEST_ADDRESS = 2000
MOST_ACCOUNTS = 100
MATRIX = "matrix"

_SERVER = r"(?:\[[0-9A-Fa-f:.]{2,45}\]|[0-9A-Za-z.-]{1,255})(?::[0-9]{1,5})?"
_USER_ID = re.compile(rf"@[!-9;-~]+:{_SERVER}")
_MXC = re.compile(rf"mxc://{_SERVER}/[0-9A-Za-z_-]{{1,255}}")
_ACCOUNT = re.compile(r"(?P<network>[A-Za-z][A-Za-z0-9_-]{0,39}):(?P<id>[^\s,;]{1,255})")


def read_link(raw: str) -> str:
    """An address of the web.

    Raises:
        NotAValue: it is none, or does not begin with http:// or https://.
    """
    return _web_address(raw, {"http", "https"}, "an address of the web", "https://example.org/page")


def read_file(raw: str) -> str:
    """A file by its address: in the homeserver's media, or on the web.

    Raises:
        NotAValue: it is neither `mxc://…` nor `https://…`.
    """
    if _MXC.fullmatch(raw.strip()):
        return raw.strip()
    return _web_address(raw, {"https"}, "a file", "mxc://example.org/abc or https://example.org/file.pdf")


def read_user(raw: str) -> str:
    """A Matrix id.

    Raises:
        NotAValue: it is none.
    """
    user_id = raw.strip()
    if not _USER_ID.fullmatch(user_id) or len(user_id) > 255:
        raise NotAValue(f"{shortened(raw)} is not a Matrix id; write it like @boris:example.org")
    return user_id


def read_accounts(raw: str) -> list[str]:
    """Accounts of networks as `network:id`, with commas or spaces between them; a Matrix id needs no network.

    Raises:
        NotAValue: one of them is no account, or there are more than 100.
    """
    accounts: dict[str, None] = {}
    for written in re.split(r"[\s,;]+", raw.strip()):
        if written:
            accounts[_account(written)] = None
    if len(accounts) > MOST_ACCOUNTS:
        raise NotAValue(f"holds {len(accounts)} accounts; at most {MOST_ACCOUNTS} are possible")
    return list(accounts)


def _account(written: str) -> str:
    if written.startswith("@"):
        return account_key(MATRIX, read_user(written))
    found = _ACCOUNT.fullmatch(written)
    if found is None:
        raise NotAValue(
            f"{shortened(written)} is not an account; write it as network:id, like matrix:@carla:example.org"
        )
    network = found["network"].lower()
    return account_key(network, read_user(found["id"]) if network == MATRIX else found["id"])


def _web_address(raw: str, schemes: set[str], what: str, example: str) -> str:
    address = raw.strip()
    wrong = NotAValue(f"{shortened(raw)} is not {what}; write it like {example}")
    if len(address) > LONGEST_ADDRESS:
        raise NotAValue(f"has {len(address)} characters; at most {LONGEST_ADDRESS} are possible")
    if not address.isprintable() or any(character.isspace() for character in address):
        raise wrong
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise wrong from None
    if parts.scheme.lower() not in schemes or not host:
        raise wrong
    return address
