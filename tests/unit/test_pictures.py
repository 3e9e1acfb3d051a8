"""Pictures lose what tells of their owner, and nothing of the picture."""

import base64
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livechat_plugin.core.pictures import without_metadata
from livechat_plugin.demo.both_ways import PIXEL

SECRET = b"Anna Smith"


def segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def exif(orientation: int, order: str = ">") -> bytes:
    head = b"MM\0*" if order == ">" else b"II*\0"
    tiff = head + struct.pack(f"{order}IH", 8, 2)
    tiff += struct.pack(f"{order}HHII", 0x013B, 2, len(SECRET), 60)
    tiff += struct.pack(f"{order}HHIHH", 0x0112, 3, 1, orientation, 0)
    return segment(0xE1, b"Exif\0\0" + tiff + b"\0\0\0\0" + SECRET)


JFIF, ICC = segment(0xE0, b"JFIF\0x"), segment(0xE2, b"ICC_PROFILE\0colours")
TABLE, FRAME = segment(0xDB, b"table"), segment(0xC0, b"frame")
SCAN = segment(0xDA, b"scan") + b"bytes\xff\x00of\xff\xd0it"
END = b"\xff\xd9"
SECRETS = (
    segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + SECRET),
    segment(0xED, b"Photoshop" + SECRET),
    segment(0xFE, SECRET),
    segment(0xE2, b"MPF\0" + SECRET),
    segment(0xEF, SECRET),
)


def jpeg(*before: bytes, after: bytes = b"") -> bytes:
    return b"\xff\xd8" + b"".join([JFIF, *before, ICC, TABLE, FRAME, SCAN, TABLE, SCAN]) + END + after


def test_a_photo_keeps_its_picture_and_colours_and_loses_the_rest() -> None:
    assert without_metadata(jpeg(*SECRETS, after=jpeg(*SECRETS))) == jpeg()
    assert without_metadata(jpeg()) == jpeg()


@pytest.mark.parametrize("order", [">", "<"])
def test_a_photo_that_was_turned_stays_turned(order: str) -> None:
    clean = without_metadata(jpeg(exif(6, order)))
    assert SECRET not in clean
    assert struct.pack(">HHIH", 0x0112, 3, 1, 6) in clean
    assert without_metadata(clean) == clean
    assert without_metadata(jpeg(exif(1, order))) == jpeg()


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def test_a_drawing_keeps_its_picture_and_loses_the_texts() -> None:
    assert without_metadata(PIXEL) == PIXEL
    end = PIXEL.index(b"IEND") - 4
    texts = [chunk(kind, SECRET) for kind in (b"tEXt", b"iTXt", b"zTXt", b"eXIf", b"tIME", b"prIV")]
    assert without_metadata(PIXEL[:end] + b"".join(texts) + PIXEL[end:] + SECRET) == PIXEL


def riff(*chunks: tuple[bytes, bytes]) -> bytes:
    body = b"WEBP" + b"".join(
        kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2) for kind, data in chunks
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body


def test_a_webp_keeps_its_picture_and_loses_the_rest() -> None:
    picture = (b"VP8 ", b"odd")
    full = riff((b"VP8X", b"\x1c" + b"0" * 9), picture, (b"EXIF", SECRET), (b"XMP ", SECRET))
    assert without_metadata(full) == riff((b"VP8X", b"\x10" + b"0" * 9), picture)
    assert without_metadata(riff(picture)) == riff(picture)


@given(st.sampled_from([jpeg(*SECRETS), PIXEL, riff((b"VP8 ", b"x"), (b"EXIF", SECRET))]), st.data())
def test_what_is_broken_breaks_nothing(picture: bytes, data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(picture)))
    noise = data.draw(st.binary(max_size=20))
    assert isinstance(without_metadata(picture[:cut] + noise), bytes)


@given(st.binary())
def test_what_is_no_picture_stays_as_it_is(data: bytes) -> None:
    assert without_metadata(b"x" + data) == b"x" + data


def test_the_smallest_photo_of_all_is_understood() -> None:
    photo = base64.b64decode(
        "/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////"
        "////////////////wgALCAABAAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPxA="
    )
    assert without_metadata(photo) == photo
