"""Pictures without what programs and cameras write into them: owner, device, place, author (requirement S5)."""

import re
import struct
from collections.abc import Iterator

KINDS = frozenset({"image/jpeg", "image/png", "image/webp"})
"""The media types of the pictures that are understood."""

_JPEG, _PNG, _WEBP = b"\xff\xd8", b"\x89PNG\r\n\x1a\n", (b"RIFF", b"WEBP")
_SCAN, _END, _EXIF = 0xDA, 0xD9, 0xE1
_AFTER_SCAN = re.compile(rb"\xff+([^\x00\xd0-\xd7\xff])")
_ORIENTATION = 0x0112
_PNG_KEPT = frozenset(
    b"gAMA cHRM sRGB iCCP tRNS bKGD pHYs sBIT hIST sPLT acTL fcTL fdAT cICP mDCV cLLI".split()
)
_WEBP_DROPPED = frozenset({b"EXIF", b"XMP "})
_WEBP_FLAGS = 0b0000_1100
"""That there are such chunks, as the header of an extended WebP tells."""


def without_metadata(data: bytes) -> bytes:
    """The same picture with nothing beside it but its colours and which side is up.

    What is no picture of a kind that is understood, or is broken, stays as it is.
    """
    try:
        if data.startswith(_JPEG):
            return b"".join(_jpeg(data))
        if data.startswith(_PNG):
            return _PNG + b"".join(_png(data))
        if (data[:4], data[8:12]) == _WEBP:
            body = b"WEBP" + b"".join(_webp(data))
            return b"RIFF" + struct.pack("<I", len(body)) + body
    except (struct.error, IndexError):
        return data
    return data


def _jpeg(data: bytes) -> Iterator[bytes]:
    yield _JPEG
    at = 2
    while True:
        marker = data[at + 1]
        if data[at] != 0xFF:
            raise IndexError("there is no segment")
        if marker == 0xFF:  # filling
            at += 1
            continue
        if marker == _END:  # what follows is another picture, or a program's own
            yield data[at : at + 2]
            return
        (length,) = struct.unpack_from(">H", data, at + 2)
        segment = data[at : at + 2 + length]
        if marker == _EXIF:
            yield _upright(segment)
        elif _is_jpeg_part(marker, segment):
            yield segment
        at += 2 + length
        if marker == _SCAN:
            following = _AFTER_SCAN.search(data, at)
            end = following.end() - 2 if following else len(data)
            yield data[at:end]
            if following is None:
                return
            at = end


def _is_jpeg_part(marker: int, segment: bytes) -> bool:
    """Whether the picture needs it: all but comments and applications' segments, some of which tell of colours."""
    if marker == 0xE2:
        return segment[4:].startswith(b"ICC_PROFILE\0")
    return marker in {0xE0, 0xEE} or not (marker == 0xFE or 0xE0 <= marker <= 0xEF)


def _upright(segment: bytes) -> bytes:
    """A segment that tells nothing but how the picture is turned; empty if it is not."""
    body = segment[4:]
    if not body.startswith(b"Exif\0\0"):
        return b""
    turned = _orientation(body[6:])
    if turned is None or not 1 < turned <= 8:
        return b""
    entry = struct.pack(">HHIHH", _ORIENTATION, 3, 1, turned, 0)
    exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01" + entry + b"\0\0\0\0"
    return b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif


def _orientation(tiff: bytes) -> int | None:
    order = "<" if tiff.startswith(b"II") else ">"
    try:
        (start,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, start)
        for number in range(min(count, 1000)):
            tag, _, _, value = struct.unpack_from(f"{order}HHIH", tiff, start + 2 + 12 * number)
            if tag == _ORIENTATION:
                return int(value)
    except struct.error:
        return None
    return None


def _png(data: bytes) -> Iterator[bytes]:
    at = len(_PNG)
    while True:
        length, kind = struct.unpack_from(">I4s", data, at)
        end = at + 12 + length
        if end > len(data):
            raise IndexError("a chunk is cut off")
        if kind in _PNG_KEPT or kind[:1].isupper():
            yield data[at:end]
        if kind == b"IEND":
            return
        at = end


def _webp(data: bytes) -> Iterator[bytes]:
    at = 12
    while at < len(data):
        kind, length = struct.unpack_from("<4sI", data, at)
        end = at + 8 + length + length % 2
        if end > len(data) + length % 2:
            raise IndexError("a chunk is cut off")
        if kind == b"VP8X":
            yield data[at : at + 8] + bytes([data[at + 8] & ~_WEBP_FLAGS]) + data[at + 9 : end]
        elif kind not in _WEBP_DROPPED:
            yield data[at:end]
        at = end
