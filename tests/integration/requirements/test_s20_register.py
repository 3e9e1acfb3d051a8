"""S20: operators create items of the chosen apps from a session, and never before the customer is connected."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.integration.installation import Desk, body, says
from tests.integration.requirements.bound_desk import bound_desk, order, run

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(300)]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    async with bound_desk(tmp_path_factory.mktemp("register")) as desk:
        yield desk


async def test_registering_is_refused_until_the_customer_is_connected(desk: Desk) -> None:
    carla = await desk.installation.customer()
    served = await desk.serve(carla, "I want to complain")
    await order(served, "!register complaints text=Broken", "Connect first: !connect")
    await order(served, "!connect name=Complainer", "is connected to Complainer")
    await order(
        served,
        '!register complaints text="The pump is broken"',
        "Complaints: The pump is broken was registered",
    )
    shown = await order(served, "!customer", "The pump is broken")
    assert f"session #{served.number}" in shown
    audited = await run(desk.installation, "audit", "--action", "message.registered")
    assert f"#{served.number}" in audited
    assert not any("pump" in body(event) for event in carla.events(served.customer_room))


async def test_the_apps_are_listed_and_asked_for_field_by_field(desk: Desk) -> None:
    carla = await desk.installation.customer()
    served = await desk.serve(carla, "Another complaint")
    await order(served, "!connect name=Globex", "is connected to Globex")
    await order(served, "!register", "complaints: Complaints (text, photo)")
    await order(served, "!register requests", "does not register items of an app 'requests'")
    await order(served, "!register complaints", "What happened?")
    await order(served, "!answer The wheel squeaks", "Photo?")
    await order(served, "!answer -", "Complaints: The wheel squeaks was registered")


async def test_the_last_file_of_the_customer_becomes_a_value(desk: Desk) -> None:
    carla = await desk.installation.customer()
    served = await desk.serve(carla, "Here is a picture")
    await order(served, "!connect name=Initech", "is connected to Initech")
    await order(served, "!register complaints text=Early photo=last", "Nobody has sent a file")
    address = await carla.upload(b"a picture of a pump", "image/png", "pump.png")
    content = {"msgtype": "m.image", "body": "pump.png", "url": address, "info": {"mimetype": "image/png"}}
    await carla.send(served.customer_room, content)
    await desk.anna.wait_for(served.session_room, says("pump.png"))
    done = await order(served, "!register complaints text=Leak photo=last", "Complaints: Leak was registered")
    assert desk.anna.user_id in done
    kept = await run(desk.installation, "apps", "show", "complaints", "--json")
    assert re.search(r'"items": [1-9]', kept)
