"""Numbers as people write them in different countries."""

import re
from decimal import Decimal

from livechat_plugin.core.field_values.not_a_value import NotAValue
from livechat_plugin.core.field_values.words import shortened

MOST_DIGITS = 15
"""So many decimal digits come back from a floating-point number as they were."""

_SIGN = re.compile(r"[+-]?")
_GROUPED = {
    ",": re.compile(r"\d{1,3}(,\d{3})+"),
    ".": re.compile(r"\d{1,3}(\.\d{3})+"),
}
_PLAIN = re.compile(r"\d+(\.\d*)?|\.\d+")


def read_number(raw: str) -> int | float:
    """A number with a decimal point or comma, and with or without separated thousands: `1.234,5`, `1 234.5`.

    Raises:
        NotAValue: it is none, has more than 15 digits, or could mean two numbers, such as 1,234.
    """
    # Spaces, thin spaces and the Swiss apostrophe separate thousands and mean nothing else.
    written = re.sub(r"(?<=\d)[\s'\u2019](?=\d{3}(\D|$))", "", raw.strip().replace("\u2212", "-"))
    sign = "-" if written.startswith("-") else ""
    digits = _SIGN.sub("", written, count=1)
    plain = _with_point(digits)
    if not digits.isascii() or not _PLAIN.fullmatch(plain):
        raise NotAValue(f"{shortened(raw)} is not a number; write it like 1234.5")
    return _value(Decimal(sign + plain))


def check_number(number: float) -> int | float:
    """A number that did not come as text.

    Raises:
        NotAValue: it is infinite, none at all, or has more than 15 digits.
    """
    return _value(Decimal(str(number)))


def _with_point(digits: str) -> str:
    last_point, last_comma = digits.rfind("."), digits.rfind(",")
    if last_point >= 0 and last_comma >= 0:
        mark, other = (".", ",") if last_point > last_comma else (",", ".")
        whole, _, rest = digits.rpartition(mark)
        if _GROUPED[other].fullmatch(whole):
            return f"{whole.replace(other, '')}.{rest}"
        return digits
    for mark in ".", ",":
        if digits.count(mark) > 1 and _GROUPED[mark].fullmatch(digits):
            return digits.replace(mark, "")
    if digits.count(",") == 1:
        if _GROUPED[","].fullmatch(digits) and not digits.startswith("0"):
            whole, _, rest = digits.partition(",")
            raise NotAValue(
                f"{digits} could mean {whole}{rest} or {whole}.{rest}; write the one that you mean in this way"
            )
        return digits.replace(",", ".")
    return digits


def _value(number: Decimal) -> int | float:
    if not number.is_finite():
        raise NotAValue("must be a number like 1234.5")
    number = number.normalize()
    _, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)
    if len(digits) > MOST_DIGITS or not -MOST_DIGITS <= exponent <= MOST_DIGITS - len(digits):
        raise NotAValue(f"has too many digits; at most {MOST_DIGITS} are possible")
    return int(number) if exponent >= 0 else float(number)
