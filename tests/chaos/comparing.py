"""Both sides of a conversation beside each other."""

from collections import Counter
from collections.abc import Mapping, Sequence

from tests.chaos.acts import TAKEN_BACK, Act, Done
from tests.chaos.tally import Tally


def compare(
    tally: Tally,
    way: str,
    written: Sequence[Done],
    arrived: Sequence[Done],
    told: Mapping[str, int],
    *,
    excused: int = 0,
    is_from_operators: bool = False,
) -> None:
    """Put into the tally what is missing on the other side, there too often, or out of order.

    Args:
        tally: what it is put into.
        way: the direction, in words.
        written: what was done on one side, in the order of the room.
        arrived: what stands on the other, likewise.
        told: how often its writer was told of a message that it did not arrive.
        excused: how often that was told without saying of which message.
        is_from_operators: what somebody does who does not serve the session goes nowhere, and only words are told of.
    """
    tally.messages += len(written)
    sent, got = Counter(one.act for one in written), Counter(one.act for one in arrived)
    for act in (got - sent).elements():
        # What was taken back on one side is there no longer, and stays on the other until that is passed on.
        kind = "doubled" if sent[act] or act == TAKEN_BACK else "not taken back"
        tally.found(kind, f"{way}: {act}")
    owed = Counter(told)
    missing = sent - got
    for one in reversed(written):  # of equal ones the last is the one that is missing
        if not missing[one.act]:
            continue
        missing[one.act] -= 1
        if owed[one.message_id]:
            owed[one.message_id] -= 1
        elif one.act.kind == "react" and is_from_operators:
            tally.reactions_dropped += 1
        elif excused:
            excused -= 1
        else:
            tally.found("lost", f"{way}: {one.act} ({one.event_id})")
    acts = {one.message_id for one in written}
    for event_id, times in owed.items():  # what is told of commands is another matter
        if times > 0 and event_id in acts:
            tally.found("wrongly told", f"{way}: {event_id}, {times} times too often")
    _look_at_order(tally, way, [one.act for one in written], [one.act for one in arrived])


def _look_at_order(tally: Tally, way: str, written: Sequence[Act], arrived: Sequence[Act]) -> None:
    """Each one that arrived must come after those that were written before it; of doubled ones the first counts."""
    places = {act: place for place, act in enumerate(written) if act != TAKEN_BACK}
    last, seen = -1, set[Act]()
    for act in arrived:
        place = places.get(act)
        if place is None or act in seen:
            continue
        seen.add(act)
        if place < last:
            tally.found("out of order", f"{way}: {act} after {written[last]}")
        last = max(last, place)
