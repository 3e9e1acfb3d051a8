"""How large files are, in words."""

_UNITS = ("kB", "MB", "GB")


def size_in_words(size: int) -> str:
    """How large a file is: 812 bytes, 14 kB, 2.3 MB."""
    if size < 1000:
        return f"{size} bytes"
    amount = float(size)
    for unit in _UNITS:
        amount /= 1000
        if amount < 1000 or unit == _UNITS[-1]:
            return f"{amount:.1f} {unit}" if amount < 10 else f"{amount:.0f} {unit}"
    raise AssertionError("the last unit is for everything")
