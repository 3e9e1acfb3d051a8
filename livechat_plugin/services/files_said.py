"""Where the files are that people have sent."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from livechat_plugin.core.content import Content, Media


@dataclass(frozen=True, slots=True)
class Uploader:
    """Who must have uploaded a file that was named in a room: anybody can name the files of others.

    Attributes:
        user_id: who named it.
        or_we: whether it may be one that we uploaded for them; what customers name is not.
    """

    user_id: str | None = None
    or_we: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """What was said, and who may have uploaded the files in it."""

    id: int
    uploader: Uploader
    content: Content


def uploader_of(direction: str, author: str | None) -> Uploader:
    """Of the files of a message."""
    return Uploader(author, or_we=direction != "in")


def files_of(said: Iterable[Said]) -> Mapping[Uploader, set[str]]:
    """The files in what was said."""
    files: dict[Uploader, set[str]] = {}
    for one in said:
        if isinstance(one.content, Media):
            files.setdefault(one.uploader, set()).update(addresses(one.content))
    return files


def addresses(media: Media) -> Sequence[str]:
    """Of a file and its small picture, encrypted ones too."""
    small, encrypted = media.info.get("thumbnail_url"), (media.encrypted or {}).get("url")
    hidden = media.info.get("thumbnail_file")
    found = [media.url, encrypted, small, hidden.get("url") if isinstance(hidden, Mapping) else None]
    return [url for url in found if isinstance(url, str)]
