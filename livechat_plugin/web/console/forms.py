"""Forms of typed fields: what stands in their inputs, what was written into them, and what is wrong with it.

The names of inputs begin with `field-`, so that no app's field is taken for something else of the form. A moment has a
second input for its time zone, a file inputs for uploading one, for the last one of the session, and for its address.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request

from livechat_plugin.core.apps import Field, FieldType, InvalidItem
from livechat_plugin.services.items import read_values, show_value

PREFIX = "field-"
ZONE, UPLOAD, LAST = "-zone", "-upload", "-last"
MOST_BYTES = 50 * 1024 * 1024
"""Of a file that is uploaded into a field."""

_A_FILE = "https://upload.invalid/"
"""Stands for a file that is not uploaded yet, while everything else is checked."""


@dataclass(frozen=True, slots=True)
class Question:
    """One field in a form.

    Attributes:
        name: of its input; the others of the same field begin with it.
        written: what stands in it.
        zone: what stands in the input for the time zone, for the type datetime.
        error: what is wrong with it, as a sentence.
    """

    field: Field
    name: str
    written: str = ""
    zone: str = ""
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """What somebody wrote into a form of fields, as it came.

    Attributes:
        texts: by field key; an empty text for an empty field.
        zones: time zones, by the keys of moments.
        uploads: files, by field key.
        lasts: keys of the fields that are to hold the last file of the session.
    """

    texts: Mapping[str, str] = field(default_factory=dict)
    zones: Mapping[str, str] = field(default_factory=dict)
    uploads: Mapping[str, UploadFile] = field(default_factory=dict)
    lasts: Collection[str] = ()

    def raw(self) -> dict[str, str]:
        """As it is read: moments with their zones. What is a file is not in it."""
        return {
            key: f"{text} {zone}" if text.strip() and (zone := self.zones.get(key, "").strip()) else text
            for key, text in self.texts.items()
        }


def text_of(form: FormData, name: str) -> str:
    """What was written into one input; an empty text if there is none, or if it is a file."""
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


async def written_in(request: Request, fields: Sequence[Field]) -> Written:
    """What came with a form; inputs that belong to no field are passed over."""
    return take(await request.form(), fields)


def take(form: FormData, fields: Sequence[Field]) -> Written:
    """What a form holds for these fields."""
    texts, zones, uploads, lasts = {}, {}, {}, []
    for each in fields:
        name = PREFIX + each.key
        texts[each.key] = text_of(form, name)
        if each.type is FieldType.DATETIME:
            zones[each.key] = text_of(form, name + ZONE)
        if each.type is FieldType.FILE:
            upload = form.get(name + UPLOAD)
            if isinstance(upload, UploadFile) and upload.filename:
                uploads[each.key] = upload
            elif text_of(form, name + LAST):
                lasts.append(each.key)
    return Written(texts, zones, uploads, lasts)


def read_form(fields: Sequence[Field], written: Written, last_file: str | None = None) -> dict[str, Any]:
    """The values of all fields that are not empty; files that are still to be uploaded are left out.

    Args:
        fields: of the form.
        written: what came with it.
        last_file: address of the last file of the session, if there is one.

    Raises:
        InvalidItem: with the errors of all fields.
    """
    raw = written.raw()
    errors = {}
    for key, upload in written.uploads.items():
        raw[key] = _A_FILE
        if (upload.size or 0) > MOST_BYTES:
            errors[key] = f"is larger than {MOST_BYTES // 2**20} MB; give its address on the web instead"
        elif not upload.size:
            errors[key] = "is an empty file; choose another one"
    for key in written.lasts:
        if last_file is None:
            errors[key] = "nobody has sent a file in this session; upload one or write its address"
        else:
            raw[key] = last_file
    try:
        values = read_values(fields, raw)
    except InvalidItem as error:
        raise InvalidItem({**error.errors, **errors}) from None
    if errors:
        raise InvalidItem(errors)
    return {key: value for key, value in values.items() if key not in written.uploads}


def questions(
    fields: Sequence[Field], written: Written, errors: Mapping[str, str] | None = None
) -> list[Question]:
    """The form again, as it was filled in."""
    found = errors or {}
    return [
        Question(
            each,
            PREFIX + each.key,
            written.texts.get(each.key, ""),
            written.zones.get(each.key, "") or _home_zone(each),
            sentence(found[each.key]) if each.key in found else None,
        )
        for each in fields
    ]


def other_errors(fields: Sequence[Field], errors: Mapping[str, str]) -> list[str]:
    """Errors that belong to no field of the form."""
    keys = {each.key for each in fields}
    return [sentence(f"{key}: {reason}") for key, reason in errors.items() if key not in keys]


def as_written(fields: Sequence[Field], values: Mapping[str, Any]) -> Written:
    """Values as they would be written into a form."""
    texts, zones = {}, {}
    for each in fields:
        value = values.get(each.key)
        texts[each.key], zone = _as_text(each, value)
        if zone:
            zones[each.key] = zone
    return Written(texts, zones)


def sentence(reason: str) -> str:
    """A reason as it stands beside a field."""
    return reason[:1].upper() + reason[1:] + ("" if reason.endswith((".", "!", "?")) else ".")


def _as_text(each: Field, value: Any) -> tuple[str, str]:
    if value is None:
        return "", ""
    match each.type:
        case FieldType.DATETIME:
            return _local(str(value))
        case FieldType.ACCOUNT if isinstance(value, list | tuple):
            return "\n".join(map(str, value)), ""
        case FieldType.REFERENCE | FieldType.DATE:
            return str(value), ""
        case _:
            return show_value(each, value), ""


def _local(moment: str) -> tuple[str, str]:
    """What an input for moments holds, and the time zone beside it."""
    try:
        read = datetime.fromisoformat(moment)
    except ValueError:
        return moment, ""
    offset = read.utcoffset()
    zone = "UTC" if not offset else read.strftime("%z")[:3] + ":" + read.strftime("%z")[3:5]
    has_seconds = read.second != 0
    return read.strftime("%Y-%m-%dT%H:%M:%S" if has_seconds else "%Y-%m-%dT%H:%M"), zone


def _home_zone(each: Field) -> str:
    return (each.locale or "UTC") if each.type is FieldType.DATETIME else ""
