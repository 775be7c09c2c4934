"""Prepare the cut-down chart library for serving: ``python -m tools.chart_library [VAR]``."""

from __future__ import annotations

import sys
from pathlib import Path

from dashboard.site.chart_library import prepare

if __name__ == "__main__":
    ready = prepare(Path(sys.argv[1] if len(sys.argv) > 1 else "var"))
    print(
        "chart library: partial, compressed" if ready else "chart library: npm did not bring it, the full one is served"
    )
