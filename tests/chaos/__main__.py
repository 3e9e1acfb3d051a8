"""`python -m tests.chaos`: break everything again and again, and see whether anything was lost.

The exit status tells: 0 if nothing was lost, doubled, out of order or otherwise wrong.
"""

import argparse
import asyncio
import random
import shutil
import sys
import tempfile
from pathlib import Path

from tests.chaos.run import Plan, run


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randint(1, 999_999))
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    parser.add_argument("--kills", type=int, default=100, help="end after so many, on each database")
    parser.add_argument("--minutes", type=float, default=60, help="end after so long, on each database")
    parser.add_argument(
        "--only",
        "--faults",
        default="",
        help="only faults whose names contain one of these: proxy,transactions,disk,limits,stopped,clock,plugin,…",
    )
    parser.add_argument("--customers", type=int, default=5)
    parser.add_argument("--pace", type=float, default=1.0, help="mean seconds between two acts of a person")
    parser.add_argument("--check-every", type=int, default=60, help="kills between two looks at everything")
    parser.add_argument(
        "--replicas", type=int, default=1, help="processes of the plugin; several on PostgreSQL"
    )
    parser.add_argument(
        "--homeserver-database",
        choices=["sqlite", "postgresql"],
        default="sqlite",
        help="the homeserver's own",
    )
    parser.add_argument("--keep", action="store_true", help="keep the folder also if nothing is wrong")
    options = parser.parse_args()
    databases = ["sqlite", "postgresql"] if options.database == "both" else [options.database]
    is_clean = True
    for database in databases:
        plan = Plan(
            options.seed,
            database,
            options.kills,
            options.minutes,
            options.only,
            options.customers,
            options.check_every,
            options.pace,
            options.replicas if database == "postgresql" else 1,
            options.homeserver_database,
        )
        print(f"seed {plan.seed}: {plan.command}", flush=True)
        folder = Path(tempfile.mkdtemp(prefix="livechat-chaos-"))
        folder.chmod(0o755)
        tally = asyncio.run(run(plan, folder))
        print(f"\n{database}\n" + "\n".join(tally.lines()), flush=True)
        if tally.is_clean and not options.keep:
            shutil.rmtree(folder, ignore_errors=True)
        else:
            print(f"kept: {folder}\nagain: {plan.command}", flush=True)
        is_clean = is_clean and tally.is_clean
    return 0 if is_clean else 1


if __name__ == "__main__":
    sys.exit(main())
