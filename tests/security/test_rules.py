"""Each rule of docs/security.md names the tests that prove it, and they exist."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
PAGE = TESTS.parent / "docs" / "security.md"
ROW = re.compile(r"^\| (SEC-[A-Z]+-\d+) \| (.+?) \| (.*?) \|$", re.MULTILINE)
RULES = ROW.findall(PAGE.read_text(encoding="utf-8"))


@cache
def names_in(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return frozenset(function.name for function in functions if function.name.startswith("test_"))


@pytest.mark.parametrize(("rule", "proofs"), [(rule, proofs) for rule, _, proofs in RULES])
def test_a_rule_names_tests_that_exist(rule: str, proofs: str) -> None:
    named = re.findall(r"`([^`]+)`", proofs)
    assert named, f"{rule} has no test"
    for proof in named:
        path, _, name = proof.partition("::")
        assert (TESTS / path).is_file(), f"{rule}: there is no tests/{path}"
        assert name in names_in(TESTS / path), f"{rule}: tests/{path} has no {name}"


def test_every_rule_is_read_and_has_a_name_of_its_own() -> None:
    names = [rule for rule, _, _ in RULES]
    mentioned = re.findall(r"^\| (SEC-\S+)", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(names) > 10
    assert mentioned == names, "a row is no rule: three columns are needed"
    assert len(set(names)) == len(names)
