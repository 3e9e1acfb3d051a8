"""Where the operator's name is hidden, nothing that reaches the customer tells who speaks (S5)."""

from collections.abc import Sequence
from typing import Any

import pytest

from livechat_plugin import Location, Media, Text
from livechat_plugin.core.content import Mention
from livechat_plugin.services.delivering.veiling import LARGEST_PICTURE
from livechat_plugin.services.ports import Profile
from tests.unit.desk import ANNA, BORIS, CARLA, SAM, Desk
from tests.unit.test_pictures import SECRETS, jpeg

NAME = "Customer Support"
PICTURE = "mxc://example.org/annas-picture"


@pytest.fixture
async def served(desk: Desk) -> Desk:
    await desk.people.present(ANNA, "Anna Smith", PICTURE)
    await desk.people.present(BORIS, "Boris Miller")
    await desk.write(CARLA, "Hello")
    await desk.take(ANNA)
    return desk


def name_of(desk: Desk, url: str) -> str | None:
    return desk.homeserver.files[url][0].name


def last(desk: Desk) -> Any:
    return desk.chat().shown()[-1].content


async def test_ids_and_pills_of_employees_become_the_live_chats_name(served: Desk) -> None:
    mentions = (Mention(BORIS, "Boris M"), Mention("@carlos:example.org", "Carlos"))
    await served.answer(
        ANNA,
        Text(
            f"I am {ANNA}, my boss is {SAM}, ask Boris M or Carlos at @carlos:example.org",
            "ask <a>Boris M</a> or <a>Carlos</a>",
            mentions=mentions,
        ),
    )
    assert last(served) == Text(
        f"I am {NAME}, my boss is {NAME}, ask {NAME} or Carlos at @carlos:example.org",
        f"ask <a>{NAME}</a> or <a>Carlos</a>",
    )


async def test_what_operators_call_themselves_in_plain_words_is_theirs_to_say(served: Desk) -> None:
    calls = served.homeserver.faults.calls
    await served.answer(ANNA, "This is Anna Smith")
    assert last(served) == Text("This is Anna Smith")
    assert served.homeserver.faults.calls == calls + 1, "ordinary words ask the homeserver for nothing"


async def test_names_of_files_and_places_tell_nothing(served: Desk) -> None:
    await served.answer(ANNA, Media("image", "mxc://example.org/1", "Annas iPhone.jpg", "Look, anna!"))
    assert last(served) == Media("image", "mxc://example.org/1", f"{NAME} iPhone.jpg", "Look, anna!")
    await served.answer(ANNA, Location("geo:1,2", "Anna Smith's location"))
    assert last(served) == Location("geo:1,2", f"{NAME}'s location")


async def test_a_file_uploaded_under_the_operators_name_is_uploaded_anew(served: Desk) -> None:
    telling, plain = served.homeserver.upload("Annas iPhone.jpg"), served.homeserver.upload("cat.jpg")
    small = served.homeserver.upload("thumbnail of anna.jpg")
    await served.answer(ANNA, Media("image", telling, "photo.jpg", info={"thumbnail_url": small}))
    shown = last(served)
    assert name_of(served, shown.url) == f"{NAME} iPhone.jpg"
    assert name_of(served, shown.info["thumbnail_url"]) == f"thumbnail of {NAME}.jpg"
    keys = {"url": telling, "key": {"k": "x"}, "hashes": {"sha256": "x"}}
    await served.answer(
        ANNA, Media("file", None, "x.bin", info={"thumbnail_file": keys}, encrypted={**keys, "url": plain})
    )
    shown = last(served)
    assert shown.encrypted["url"] == plain
    assert name_of(served, shown.info["thumbnail_file"]["url"]) == f"{NAME} iPhone.jpg"


async def test_a_photo_tells_nothing_of_its_owner(served: Desk) -> None:
    photo = jpeg(*SECRETS)
    telling = served.homeserver.upload("photo.jpg", photo, "image/jpeg")
    large = served.homeserver.upload("photo.jpg", photo + b"x" * LARGEST_PICTURE, "image/jpeg")
    clean = served.homeserver.upload("photo.jpg", jpeg(), "image/jpeg")
    for url in (telling, clean, large):
        await served.answer(ANNA, Media("image", url, "photo.jpg"))
    shown = [message.content for message in served.chat().shown() if isinstance(message.content, Media)]
    assert [media.url for media in shown][1:] == [clean, large]
    details, data = served.homeserver.files[shown[0].url or ""]
    assert (details.name, data) == ("photo.jpg", jpeg())


async def test_edits_and_reactions_tell_nothing(served: Desk) -> None:
    said = await served.answer(ANNA, "Hi")
    await served.people.edit(ANNA, served.session_room().room_id, said, f"Hi from {ANNA}")
    await served.people.react(ANNA, served.session_room().room_id, said, f"by {ANNA}")
    await served.settle()
    assert last(served) == Text(f"Hi from {NAME}")
    assert served.chat().shown()[-1].reactions == (f"by {NAME}",)


async def test_a_full_message_of_ids_still_arrives(served: Desk) -> None:
    served.change_live_chat(name="N" * 100)
    await served.answer(ANNA, f"{ANNA} " * 3_000)
    assert last(served) == Text("… " * 3_000)


async def test_what_stands_in_our_own_records_stays_as_it_was(served: Desk) -> None:
    await served.answer(ANNA, f"I am {ANNA}")
    kept = [message.content for message in served.stored.messages.values() if message.author == ANNA]
    assert kept == [Text(f"I am {ANNA}")]


async def test_words_of_hooks_tell_nothing_either(served: Desk) -> None:
    async with served.store.begin() as work:
        view = await work.conversations.view(1)
        await served.relay.say(work, view, served.session(), f"{ANNA} says bye", served.clock.now())
        await work.commit()
    await served.settle()
    assert last(served) == Text(f"{NAME} says bye")


async def test_words_of_ours_may_name_whom_to_ask(served: Desk) -> None:
    async with served.store.begin() as work:
        view = await work.conversations.view(1)
        await served.relay.tell_customer(work, view, f"Please ask {ANNA}.")
        await work.commit()
    await served.settle()
    assert last(served) == Text(f"Please ask {ANNA}.", style="notice")


async def test_where_the_name_is_shown_the_operator_is_called_by_it(served: Desk) -> None:
    await served.answer(ANNA, "!close")
    served.change_live_chat(show_operator_name=True)
    await served.write(CARLA, "Again")
    await served.take(ANNA, 2)
    await served.answer(ANNA, Text(f"I am {ANNA}, ask {BORIS}", mentions=(Mention(BORIS),)))
    assert last(served) == Text(f"I am Anna Smith, ask {NAME}")
    await served.answer(ANNA, Media("file", "mxc://example.org/1", "Anna Smith.vcf"))
    assert last(served).filename == "Anna Smith.vcf"


async def test_an_operator_without_a_profile_is_hidden_too(served: Desk) -> None:
    served.homeserver.profiles[ANNA] = Profile()
    await served.answer(ANNA, Media("file", "mxc://example.org/1", "anna.pdf"))
    assert last(served).filename == f"{NAME}.pdf"


@pytest.mark.parametrize(
    "slip",
    [
        Media("image", "mxc://example.org/1", "contract.jpg", "!note his contract"),
        Text(" !note a difficult customer"),
        Text("\u200b!close"),
        Text("\uff01note a difficult customer"),
        Text("\n!note a difficult customer"),
    ],
)
async def test_a_command_that_slipped_does_not_reach_the_customer(served: Desk, slip: Text | Media) -> None:
    before = served.lines(served.chat())
    said = await served.answer(ANNA, slip)
    assert served.lines(served.chat()) == before
    answer = served.session_room().shown()[-1]
    assert answer.reply_to == said
    assert "Not sent to the customer" in served.lines(served.session_room())[-1]


async def test_what_is_meant_literally_is_sent(served: Desk) -> None:
    sent: Sequence[str] = ("!!note is a word", "! important", "!!!", "so!")
    for words in sent:
        await served.answer(ANNA, words)
    assert served.lines(served.chat())[-4:] == [
        f"livechat_support: {words}" for words in ("!note is a word", *sent[1:])
    ]
