"""Keeping from customers who speaks to them: `core.veil` with the people and the files that it takes (S5).

What is ordinary costs nothing: people are looked up only where an act holds a Matrix id, and how the operator is
called only where a file or place is shown, whose names programs make.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from livechat_plugin.core.acts import Act, Edit, Say
from livechat_plugin.core.content import Content, Media, Text, fit
from livechat_plugin.core.naming import Naming
from livechat_plugin.core.pictures import KINDS, without_metadata
from livechat_plugin.core.veil import Veiled, user_ids_in, veil, veil_content, veil_name
from livechat_plugin.services.deliveries import ActForCustomer
from livechat_plugin.services.mirroring import CONTENT_LIMIT
from livechat_plugin.services.operator_names import OperatorNames
from livechat_plugin.services.ports import FileDetails, Homeserver, Store
from livechat_plugin.services.repositories.conversations import ConversationView

LARGEST_PICTURE = 30_000_000
"""Bytes of a picture that is looked into; it is in memory for a moment."""

ELLIPSIS = "…"
"""Stands for an id where the live chat's name would make a full event too large; no id is shorter."""


@dataclass(frozen=True, slots=True)
class Veiling:
    """Veils what is on its way to a customer."""

    store: Store
    homeserver: Homeserver
    names: OperatorNames
    naming: Naming

    async def veil(self, view: ConversationView, payload: ActForCustomer, act: Act) -> Act:
        """The act as this customer is to see it."""
        if payload.operator is None and payload.message_id is None:
            return act  # a word of ours, which may name whom to ask
        people = await self._people(view, payload.operator, act)
        if not people and payload.operator is None:
            return act
        veiled = veil(act, people)
        if isinstance(veiled, Say | Edit):
            if _is_too_large(veiled.content):
                nameless = [replace(person, alias=ELLIPSIS) for person in people]
                veiled = veil(act, nameless)
            if isinstance(veiled, Say | Edit) and isinstance(veiled.content, Media):
                return replace(veiled, content=await self._file(view, veiled.content, people))
        return veiled

    async def content(self, view: ConversationView, speaker: str | None, content: Content) -> Content:
        """What somebody has said to this customer, in the words that the customer saw; files stay where they are."""
        return veil_content(content, await self._people(view, speaker, Say(content)))

    async def _people(self, view: ConversationView, speaker: str | None, act: Act) -> list[Veiled]:
        """The employees whom the act may tell of."""
        is_shown = self.names.is_shown(view)
        serving = {user_id for user_id in (speaker, view.session and view.session.operator) if user_id}
        found = user_ids_in(act)
        has_names = isinstance(act, Say | Edit) and not (
            isinstance(act.content, Text) and "<img" not in (act.content.html or "")
        )
        if not found and not has_names:
            return []
        employees = serving | await self._employees(view, found - serving)
        return [
            await self._veiled(view, user_id, is_shown=is_shown, is_speaker=user_id == speaker)
            for user_id in sorted(employees)
            if has_names or user_id in found
        ]

    async def _employees(self, view: ConversationView, user_ids: frozenset[str]) -> frozenset[str]:
        """Those who work for the live chat; what an operator says of other people is theirs to say."""
        ours = frozenset(user_id for user_id in user_ids if not self.naming.is_ours(user_id))
        if not ours:
            return frozenset()
        staff = {view.live_chat.operators, view.live_chat.supervisors}
        staff.add(view.session.offered_to if view.session is not None else None)
        async with self.store.read() as work:
            return frozenset([user_id for user_id in ours if await work.groups.of(user_id) & staff])

    async def _veiled(
        self, view: ConversationView, user_id: str, *, is_shown: bool, is_speaker: bool
    ) -> Veiled:
        profile = await self.homeserver.profile(user_id)
        local = user_id[1:].partition(":")[0]
        if is_shown and is_speaker:
            return Veiled(user_id, profile.display_name or local)
        names = tuple(name for name in (profile.display_name, local) if name)
        return Veiled(user_id, view.live_chat.name, names, profile.avatar_url)

    async def _file(self, view: ConversationView, media: Media, people: Sequence[Veiled]) -> Media:
        """The file under an address that tells nothing either: neither the name of its upload, nor what is in it."""
        speaker = self.naming.live_chat(view.live_chat.slug)
        if media.url is not None:
            media = replace(media, url=await self._address(media.url, speaker, people))
        if media.encrypted is not None:
            address = await self._address(str(media.encrypted["url"]), speaker, people)
            media = replace(media, encrypted={**media.encrypted, "url": address})
        info = dict(media.info)
        if "thumbnail_url" in info:
            info["thumbnail_url"] = await self._address(str(info["thumbnail_url"]), speaker, people)
        if "thumbnail_file" in info:
            address = await self._address(str(info["thumbnail_file"]["url"]), speaker, people)
            info["thumbnail_file"] = {**info["thumbnail_file"], "url": address}
        return replace(media, info=info)

    async def _address(self, url: str, speaker: str, people: Sequence[Veiled]) -> str:
        details = await self.homeserver.file_details(url, speaker)
        if details is None:
            return url
        name = veil_name(details.name, people) if details.name is not None else None
        is_hidden = any(person.names for person in people)
        if is_hidden and is_picture(details):
            picture = await self.homeserver.load_file(url, speaker)
            clean = without_metadata(picture)
            if clean != picture:
                shown = replace(details, name=name, size=len(clean))
                return await self.homeserver.upload_file(speaker, clean, shown)
        if name is None or name == details.name:
            return url
        return await self.homeserver.copy_file(url, speaker, name)


def is_picture(details: FileDetails | None) -> bool:
    """Whether a file is a picture that is looked into."""
    return details is not None and details.kind in KINDS and details.size <= LARGEST_PICTURE


def _is_too_large(content: Content) -> bool:
    return len(fit(content, CONTENT_LIMIT)) > 1
