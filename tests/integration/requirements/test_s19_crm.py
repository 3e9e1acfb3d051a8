"""S19 and S20 with a company's own CRM as the app, over HTTP; also when the plugin is killed in the middle of it."""

import asyncio
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio
from aiohttp import web

from tests.integration.installation import SLUG, Desk, Installation, livechat
from tests.integration.requirements.bound_desk import order, told
from tests.unit.http_crm import SECRET, HttpCrm, http_crm

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(300)]

ENVIRONMENT = {"LIVECHAT_WEBHOOK_APPS_SECRET": SECRET}
CONFIGURATION = """
[hooks.webhook_apps]
url = "{url}"
allow_private_addresses = true
apps = [
  {{ key = "contacts", name = "Contacts", uses = ["account"], fields = [
    {{ key = "name", label = "Name", type = "string", required = true }},
    {{ key = "account", label = "Account", type = "account" }},
  ] }},
  {{ key = "complaints", name = "Complaints", uses = ["message"], fields = [
    {{ key = "text", label = "What happened", type = "text", required = true }},
    {{ key = "account", label = "Account", type = "account" }},
  ] }},
]
"""


@dataclass
class Company:
    """A desk and the CRM that it is bound to."""

    desk: Desk
    crm: HttpCrm


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def company(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Company]:
    installation = Installation(tmp_path_factory.mktemp("crm"))
    async with http_crm() as crm:
        try:
            await installation.set_up()
            await installation.end_plugin()
            with installation.config.open("a") as file:
                file.write(CONFIGURATION.format(url=crm.url))
            await installation.start_plugin(ENVIRONMENT)
            edited = await asyncio.to_thread(
                livechat,
                *("chats", "edit", SLUG, "--account-app=contacts", "--message-app=complaints"),
                config=installation.config,
                env=ENVIRONMENT,
            )
            assert edited.returncode == 0, edited.stderr
            yield Company(await Desk.open(installation), crm)
        finally:
            await installation.end()


async def test_the_crm_keeps_contacts_and_complaints(company: Company) -> None:
    desk, crm = company.desk, company.crm
    carla = await desk.installation.customer()
    served = await desk.serve(carla, "I am in your CRM")
    crm.answers.append(web.json_response({"item": None}))
    crm.answers.append(web.json_response({"errors": {"name": "is taken"}}, status=422))
    await order(served, "!register complaints text=Broken", "Connect first: !connect")
    await order(served, "!customer", "not connected to Contacts")
    await order(served, "!connect name=Carla", "Contacts refuses it:")
    await order(served, '!connect name="Carla Corp"', "is connected to Carla Corp")
    await order(served, "!register complaints text=Broken", "Complaints: Broken was registered")
    shown = await order(served, "!customer", "Carla Corp (Contacts #")
    assert "https://crm.example.org/" in shown
    assert {item["title"] for item in crm.made.values()} == {"Carla Corp", "Broken"}
    assert crm.wrongly_signed == 0


async def test_killed_after_the_crm_has_stored_it_makes_one_contact_and_one_link(company: Company) -> None:
    desk, crm = company.desk, company.crm
    dan = await desk.installation.customer()
    served = await desk.serve(dan, "Do not make me twice")
    has_stored = asyncio.Event()

    async def stores_and_hangs() -> web.Response:
        crm._answer(crm.asked[-1])
        has_stored.set()
        await asyncio.sleep(30)
        return web.Response(status=503)

    crm.answers.append(stores_and_hangs)
    await desk.anna.say(served.session_room, "!connect name=Globex")
    await asyncio.wait_for(has_stored.wait(), 30)
    await desk.installation.end_plugin(signal.SIGKILL)
    await desk.installation.start_plugin(ENVIRONMENT)
    await told(desk.anna, served.session_room, "is connected to Globex")
    keys = [asked.key for asked in crm.asked if asked.body.get("values") == {"name": "Globex"}]
    assert len(keys) > 1
    assert len(set(keys)) == 1
    assert [item["title"] for item in crm.made.values()].count("Globex") == 1
