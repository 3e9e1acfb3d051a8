"""Nobody makes the plugin call what only it can reach (SEC-OUT)."""

import asyncio
import gzip
import socket
import sys
from itertools import chain, repeat
from typing import Any

import pytest
from aiohttp import web

from tests.unit.http_crm import SECRET, HttpCrm
from tests.unit.test_webhook_apps import crm, loaded, look_up

__all__ = ["crm"]


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVECHAT_WEBHOOK_APPS_SECRET", SECRET)


OWN = [
    *(
        "127.0.0.1",
        "127.0.0.2",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.1",
    ),
    *(
        "192.0.0.170",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "localhost",
        "LocalHost",
        "localhost.",
    ),
    *(
        "a.localhost",
        "::",
        "::1",
        "[::1]",
        "fe80::1%eth0",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:a00:1",
    ),
    *(
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::",
        "2002:c0a8:101::1",
        "2001:0:1:2:3:4:5601:101",
    ),
    *("fec0::1", "::7f00:1", "::ffff:0:7f00:1", "64:ff9b:1::a9fe:a9fe"),
    *("2130706433", "0", "127.1", "0177.0.0.1", "0x7f.1", "0x7f000001", "127.0.0.1.", "10.1", ""),
]
PUBLIC = [
    "8.8.8.8",
    "93.184.216.34",
    "2606:4700::1111",
    "64:ff9b::808:808",
    "crm.example.org",
    "1.example.org",
    "x0.org",
]


def is_private(host: str) -> bool:
    loaded()
    return bool(sys.modules["livechat_hooks.webhook_apps.settings"].is_private(host))


@pytest.mark.parametrize("host", OWN)
def test_addresses_of_the_own_network_are_known_however_they_are_written(host: str) -> None:
    assert is_private(host)


@pytest.mark.parametrize("host", PUBLIC)
def test_public_addresses_are_none_of_them(host: str) -> None:
    assert not is_private(host)


@pytest.mark.parametrize("host", ["2130706433", "127.1", "0x7f.1", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]"])
def test_none_of_them_can_be_configured_by_a_trick(host: str) -> None:
    with pytest.raises(Exception, match="private address"):
        loaded(url=f"https://{host}/livechat", allow_private_addresses=False)


@pytest.mark.parametrize(
    "host",
    [
        *(
            "127。0。0。1",
            "①②⑦.⓪.⓪.①",
            "\uff11\uff12\uff17.0.0.1",
            "ⓛocalhost",
            "127%2e0%2e0%2e1",
            "%31%32%37.0.0.1",
        ),
        *(
            "loc\u00adalhost",
            "[fe80::1%25eth0]",
            "127.0.0.1\\@crm.example.org",
            "crm.example.org\\@127.0.0.1",
        ),
    ],
)
def test_no_letters_are_read_as_an_address_later(host: str) -> None:
    """Who looks at the configuration and who calls out must read the same host."""
    with pytest.raises(Exception, match=r"private address|plain letters|must be an address|must not hold"):
        loaded(url=f"https://{host}/livechat", allow_private_addresses=False)


async def test_a_name_that_leads_elsewhere_the_second_time_is_looked_at_each_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What was looked at is what is connected to: there is no second look-up in between."""
    answers = chain(["93.184.216.34"], repeat("127.0.0.1"))
    connected: list[str] = []

    async def resolve(_: Any, host: str, port: int = 0, family: int = 0) -> list[dict[str, Any]]:
        address = next(answers)
        return [
            {
                "hostname": host,
                "host": address,
                "port": port,
                "family": socket.AF_INET,
                "proto": 0,
                "flags": 0,
            }
        ]

    async def connect(*_: Any, addr_infos: Any, **__: Any) -> Any:
        connected.extend(address[4][0] for address in addr_infos)
        raise OSError("not in a test")

    monkeypatch.setattr("aiohttp.ThreadedResolver.resolve", resolve)
    monkeypatch.setattr("aiohttp.TCPConnector._wrap_create_connection", connect)
    with pytest.raises(Exception, match="private addresses only"):
        await look_up(loaded(url="https://crm.example.org", allow_private_addresses=False))
    assert set(connected) == {"93.184.216.34"}


async def test_an_answer_that_unpacks_to_very_much_is_left(crm: HttpCrm) -> None:
    bomb = gzip.compress(b"[" + b" " * 200_000_000)
    assert len(bomb) < 1_000_000
    crm.answers.append(web.Response(body=bomb, headers={"Content-Encoding": "gzip"}))
    hook = loaded(url=crm.url)
    with pytest.raises(Exception, match=r"more than|answer") as failed:
        await asyncio.wait_for(look_up(hook), 20)
    assert type(failed.value).__name__ in {"WebhookFailed", "AppUnavailable"}
