"""Which files a page may show in place: those that are nothing but pictures, sound and film.

Everything else is loaded as a file and named `application/octet-stream`, whatever its sender says that it is: HTML and
SVG could hold scripts.
"""

import re

INLINE = frozenset(
    {
        *("image/png", "image/jpeg", "image/gif", "image/webp"),
        *(
            "audio/aac",
            "audio/flac",
            "audio/mp4",
            "audio/mpeg",
            "audio/ogg",
            "audio/wav",
            "audio/webm",
            "audio/x-wav",
        ),
        *("video/mp4", "video/ogg", "video/webm", "video/quicktime"),
    }
)
UNKNOWN = "application/octet-stream"

_TREACHEROUS = re.compile(r'[\x00-\x1f\x7f-\x9f"\\/:*?<>|\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]')
_LONGEST_NAME = 150


def is_shown_inline(kind: str) -> bool:
    """Whether a browser may show files of this media type in place."""
    return media_type(kind) in INLINE


def media_type(told: str) -> str:
    """The media type alone, without parameters."""
    return told.partition(";")[0].strip().lower()


def safe_file_name(name: str) -> str:
    """A file's name without folders, line breaks and what turns its letters round."""
    name = _TREACHEROUS.sub("_", name).strip(" .")
    if len(name) > _LONGEST_NAME:
        stem, dot, extension = name.rpartition(".")
        extension = dot + extension if stem and len(extension) <= 10 else ""
        name = name[: _LONGEST_NAME - len(extension)] + extension
    return name or "file"
