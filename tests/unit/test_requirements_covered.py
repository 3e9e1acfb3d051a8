"""Every requirement of the product page has a test through a real homeserver, named after it."""

from pathlib import Path

import pytest

REQUIREMENTS = Path(__file__).parents[1] / "integration" / "requirements"


@pytest.mark.parametrize("number", range(1, 22))
def test_a_requirement_has_its_test(number: int) -> None:
    files = list(REQUIREMENTS.glob(f"test_s{number:02}_*.py"))
    assert files, f"tests/integration/requirements/ has no test_s{number:02}_….py"
    for file in files:
        text = file.read_text(encoding="utf-8")
        assert "async def test_" in text, file.name
        assert f"S{number}" in text.partition('\n"""')[0], f"{file.name} does not name the requirement first"
