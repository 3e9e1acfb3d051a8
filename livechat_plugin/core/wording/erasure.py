"""What is told of the erasure of a customer's data."""

from collections.abc import Mapping, Sequence

from livechat_plugin.core.conversations import Account
from livechat_plugin.core.erasure import ErasureReport

ERASED = "The customer's data was erased on request."
"""Why a session is closed and who is in its room goes."""

ERASED_ROOM = "Erased"

NO_ERASURES = "Nobody's data was erased yet."

FEDERATED = "Other homeservers that took part in the customer's rooms keep their own copies, and their administrators decide."
OWN_MESSAGES = (
    "What the customer wrote stands in their own room and account: they leave the room, or their homeserver's"
    " administrator deletes it."
)
WITHOUT_ADMINISTRATOR = (
    "The plugin has no admin token (LIVECHAT_HOMESERVER__ADMIN_TOKEN), so rooms were redacted and left, not deleted:"
    " a server administrator deletes them with DELETE /_synapse/admin/v2/rooms/<room id>."
)


def files_remain(files: Sequence[str]) -> str:
    """Files that only a server administrator can delete."""
    number = "1 file stays" if len(files) == 1 else f"{len(files)} files stay"
    return (
        f"{number} in the media repository. A server administrator deletes each with"
        " DELETE /_synapse/admin/v1/media/<server>/<media id>, after a look with GET that its user_id is theirs:"
        " people can name the files of others."
        f" {' '.join(files)}"
    )


def room_out_of_reach(room_id: str) -> str:
    """A room that nobody of ours is in any more."""
    return f"The room {room_id} cannot be looked into any more, so what we said there stays."


def redactions_refused(number: int, room_id: str) -> str:
    """Events that the room does not let us take back."""
    return f"{number} events in {room_id} cannot be taken back: the room does not allow it."


def item_remains(app: str, item_id: str, *, is_ours: bool) -> str:
    """An item that is the organization's."""
    where = "--items erases it with the customer" if is_ours else "it is kept elsewhere, and erased there"
    return f"The item {item_id} of the app {app} is a record of the organization; {where}."


def named_in(where: str) -> str:
    """What administrators wrote down themselves."""
    return f"They are named in the {where}: change it there."


IS_EMPLOYEE = "They are known as an employee, too; what they did as one stays."


def erasure_planned(account: Account, rows: Mapping[str, int], remains: Sequence[str]) -> str:
    """What an erasure would do."""
    lines = [f"The data of {account.display_name} ({account.external_id}, account {account.id}):"]
    lines += [f"  {number} in {name}" for name, number in rows.items()]
    lines += [f"  stays: {line}" for line in remains]
    return "\n".join(lines)


def erasure_ordered(account_id: int) -> str:
    """It was begun."""
    return (
        f"The erasure of account {account_id} has begun; its report: livechat customers report {account_id}"
    )


def erasure_report(report: ErasureReport) -> str:
    """The report, to print."""
    ended = f"done at {report.ended_at}" if report.ended_at else "still under way"
    lines = [
        f"Erasure of account {report.account_id}, ordered by {report.asked_by} at {report.asked_at}: {ended}."
    ]
    lines += [f"  erased: {number} {name}" for name, number in report.erased.items()]
    lines += [f"  remains: {line}" for line in report.remains]
    if report.files:
        lines.append(f"  remains: {files_remain(report.files)}")
    return "\n".join(lines)
