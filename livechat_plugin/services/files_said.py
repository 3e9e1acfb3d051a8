"""Where the files are that people have sent."""

from collections.abc import Mapping, Sequence

from livechat_plugin.core.content import Media


def addresses(media: Media) -> Sequence[str]:
    """Of a file and its small picture, encrypted ones too."""
    small, encrypted = media.info.get("thumbnail_url"), (media.encrypted or {}).get("url")
    hidden = media.info.get("thumbnail_file")
    found = [media.url, encrypted, small, hidden.get("url") if isinstance(hidden, Mapping) else None]
    return [url for url in found if isinstance(url, str)]
