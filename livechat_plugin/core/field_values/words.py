"""Fields that hold words: strings, texts, choices, yes or no, references."""

from difflib import get_close_matches

from livechat_plugin.core.apps import Field
from livechat_plugin.core.field_values.not_a_value import NotAValue

LONGEST_STRING = 255
LONGEST_TEXT = 50_000
LONGEST_ID = 255

_YES = frozenset({"yes", "y", "true", "on", "1", "ja", "j", "wahr", "oui", "sí", "si", "sì", "sim", "да"})
_NO = frozenset({"no", "n", "false", "off", "0", "nein", "falsch", "non", "não", "nao", "нет"})


def read_string(raw: str) -> str:
    """One line of at most 255 characters.

    Raises:
        NotAValue: it has several lines or is too long.
    """
    line = raw.strip()
    if len(line.splitlines()) > 1:
        raise NotAValue("must be one line; leave out the line breaks")
    return _no_longer(line, LONGEST_STRING)


def read_text(raw: str) -> str:
    """Any number of lines.

    Raises:
        NotAValue: it is too long.
    """
    return _no_longer(raw.strip(), LONGEST_TEXT)


def read_boolean(raw: str) -> bool:
    """Yes or no, in the words of some languages.

    Raises:
        NotAValue: it is neither.
    """
    word = raw.strip().casefold()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise NotAValue(f"{shortened(raw)} is neither yes nor no; write yes or no")


def read_choice(field: Field, raw: str) -> str:
    """One of the field's choices, as the field spells it.

    Raises:
        NotAValue: it is none of them.
    """
    word = " ".join(raw.split()).casefold()
    known = {" ".join(choice.split()).casefold(): choice for choice in field.choices}
    if word in known:
        return known[word]
    near = get_close_matches(word, known, 1)
    hint = f"did you mean {known[near[0]]}? " if near else ""
    raise NotAValue(f"{shortened(raw)} is no choice; {hint}choose one of: {', '.join(field.choices)}")


def read_reference(field: Field, raw: str) -> str:
    """The id of an item, with or without a number sign; whether there is such an item is not known here.

    Raises:
        NotAValue: it cannot be an id.
    """
    item_id = raw.strip().removeprefix("#").strip()
    if not item_id or len(item_id) > LONGEST_ID or len(item_id.split()) > 1:
        of_app = f" of {field.app}" if field.app else ""
        raise NotAValue(f"{shortened(raw)} is not the id of an item{of_app}; write it like #12")
    return item_id


def shortened(raw: str) -> str:
    """What somebody wrote, to be shown to them in an error."""
    return repr(shortened_to(" ".join(raw.split()), 50))


def shortened_to(words: str, longest: int) -> str:
    """The words, or their beginning."""
    return words if len(words) <= longest else words[: longest - 1] + "…"


def _no_longer(words: str, longest: int) -> str:
    if len(words) > longest:
        raise NotAValue(f"has {len(words)} characters; at most {longest} are possible")
    return words
