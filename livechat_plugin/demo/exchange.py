"""The part of the scripted conversation in which both sides use everything that their clients can do."""

from livechat_plugin.demo.both_ways import Said, Way, kinds, plain
from livechat_plugin.demo.cast import Talk
from livechat_plugin.demo.sightings import answers, changes, has_read, reacts, takes_back, types
from livechat_plugin.demo.story import Story, expect, short
from livechat_plugin.demo.transcript import describe

_CARLAS_WORDS = {
    "formatted text": "It is the <b>big</b> one, on the second floor",
    "emote": "looks for the exit",
    "image": "flames.png",
    "image with a caption": "This is what it prints now",
    "file": "error-report.txt",
    "audio": "alarm.wav",
    "voice message": "help.wav",
    "video": "smoke.mp4",
    "sticker": "A cat with a fire extinguisher",
    "location": "The printer",
}
_ANNAS_WORDS = {
    "formatted text": "Please press the <b>red</b> button",
    "emote": "takes a deep breath",
    "image": "red-button.png",
    "image with a caption": "It looks like this",
    "file": "manual.txt",
    "audio": "the-click-to-listen-for.wav",
    "voice message": "how-to-press-it.wav",
    "video": "press-here.mp4",
    "sticker": "A thumb in the air",
    "location": "The assembly point",
}


async def exchange_everything(story: Story, talk: Talk) -> None:
    """Send everything both ways, and see each on the other side."""
    to_operator, to_customer = talk.to_operator(), talk.to_customer()
    with story.step("text, both ways", is_needed=True) as saw:
        question = await to_operator.send(plain("Which buton is it?"))
        answer = await to_customer.send(plain("The read one on the left."))
        saw(f"anna sees: {describe(question.copy)}")
        saw(f"carla sees: {describe(answer.copy)}")
        carlas, annas = await to_operator.upload(), await to_customer.upload()
    for asked, answered in zip(kinds(carlas, _CARLAS_WORDS), kinds(annas, _ANNAS_WORDS), strict=True):
        with story.step(f"{asked.name}, both ways") as saw:
            for way, kind in ((to_operator, asked), (to_customer, answered)):
                said = await way.send(kind)
                same = " (the same file)" if "url" in kind.content else ""
                saw(f"{way.reader_name} sees: {describe(said.copy)}{same}")
    sides = ((to_operator, question, answer), (to_customer, answer, question))
    await _replies_and_threads(story, sides)
    await _changes(story, sides)
    await _signals(story, sides)


_Sides = tuple[tuple[Way, Said, Said], ...]
"""For each way what its writer said, and what the other side said."""


async def _replies_and_threads(story: Story, sides: _Sides) -> None:
    with story.step("a reply points at the right message, both ways") as saw:
        for (way, _, theirs), words in zip(
            sides, ("I see three on the left.", "Only one of them glows."), strict=True
        ):
            await way.writer.reply(way.writers_room, theirs.copy["event_id"], words)
            reply = await way.sees(answers(theirs.event_id))
            saw(
                f"{way.reader_name} sees: {short(describe(reply))}, as an answer to {short(describe(theirs.original))}"
            )
    with story.step("a message in a thread arrives as a plain message, both ways") as saw:
        for (way, own, _), words in zip(
            sides, ("Or is it the orange one?", "Orange is fine, too."), strict=True
        ):
            said = await way.send(plain(words).in_thread(own.event_id))
            expect("m.relates_to" not in said.copy["content"], "the copy is in a thread")
            saw(f"{way.reader_name} sees: {describe(said.copy)}")


async def _changes(story: Story, sides: _Sides) -> None:
    with story.step("an edit, both ways") as saw:
        for (way, own, _), words in zip(
            sides, ("Which button is it?", "The red one on the left."), strict=True
        ):
            await way.writer.edit(way.writers_room, own.event_id, words)
            edit = await way.sees(changes(own.copy["event_id"]))
            saw(f"{way.reader_name} sees: {short(edit['content']['m.new_content']['body'])}")
    with story.step("a message taken back, both ways") as saw:
        for (way, _, _), words in zip(
            sides, ("Oh, I fear I pressed the blue one", "The blue one is coffee"), strict=True
        ):
            said = await way.send(plain(words))
            await way.writer.redact(way.writers_room, said.event_id)
            await way.sees(takes_back(said.copy["event_id"]))
            saw(f"{way.reader_name} sees it go")
    with story.step("a reaction, both ways") as saw:
        for (way, _, theirs), key in zip(sides, ("👍", "🎉"), strict=True):
            await way.writer.react(way.writers_room, theirs.copy["event_id"], key)
            await way.sees(reacts(theirs.event_id, key))
            saw(f"{way.reader_name} sees {key} on {short(describe(theirs.original))}")


async def _signals(story: Story, sides: _Sides) -> None:
    with story.step("typing, both ways") as saw:
        for way, _, _ in sides:
            await way.writer.typing(way.writers_room)
            await way.reader.wait_for_ephemeral(way.readers_room, types(way.speaker))
            await way.writer.typing(way.writers_room, typing=False)
            saw(f"{way.reader_name} sees that the other side is typing")
    with story.step("read receipts, both ways") as saw:
        for way, _, theirs in sides:
            await way.writer.read(way.writers_room, theirs.copy["event_id"])
            await way.reader.wait_for_ephemeral(way.readers_room, has_read(way.speaker, theirs.event_id))
            saw(f"{way.reader_name} sees that the other side has read {short(describe(theirs.original))}")
