"""A long run of troubles, outside the tests: ``python -m tests.faults --seconds 600``. Needs root, iproute2, nginx, gcc.

It brings up the installation of production on this machine, or with ``--embedded`` the one process with SQLite, lets 200 readers, two
pushing systems, a drop folder, an importer and a person at work, does everything to it that can go wrong, and counts afterwards.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.faults.run import Plan, run

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--readers", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--embedded", action="store_true", help="the one process with SQLite")
    parser.add_argument("--calm", action="store_true", help="nothing comes in meanwhile: people only read")
    parser.add_argument("--rest", type=float, default=6, help="seconds between two troubles")
    parser.add_argument("--only", default="", help="troubles whose name matches this")
    parser.add_argument("--folder", type=Path, help="where logs stay")
    given = parser.parse_args()
    plan = Plan(
        given.seconds,
        given.readers,
        given.seed,
        embedded=given.embedded,
        only=given.only,
        logs=given.folder,
        calm=given.calm,
        rest=given.rest,
    )
    sys.exit(run(plan))
