"""What commands write is theirs alone; warnings go beside it."""

import subprocess
import sys

SCRIPT = """
import structlog
from livechat_plugin.logs import keep_quiet

keep_quiet()
structlog.get_logger().info("quiet")
structlog.get_logger().warning("loud")
print("output")
"""


def test_only_warnings_are_seen_and_not_in_the_output() -> None:
    ran = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    assert ran.stdout == "output\n"
    assert "loud" in ran.stderr
    assert "quiet" not in ran.stderr
