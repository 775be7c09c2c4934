"""Looks for keys, tokens and passwords in the files of the project, for ``make check``: prints where one stands and fails.

By their shapes: what has a shape of its own is found wherever it stands, a password where it is in an address. Passwords
given to something in Python are ruff's S105 to S107. A scanner that weighs every word takes a minute for this tree.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
LEFT_OUT = {".git", ".venv", "node_modules", "var", "screenshots", "__pycache__", ".mypy_cache", ".ruff_cache"}
SHAPES = {
    "a private key": rb"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY",
    "a key of Amazon": rb"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "a key of Google": rb"\bAIza[0-9A-Za-z_-]{35}\b",
    "a key of Aliyun": rb"\bLTAI[0-9A-Za-z]{16,24}\b",
    "a key of Tencent": rb"\bAKID[0-9A-Za-z]{32}\b",
    "a token of GitHub": rb"\b(?:gh[pousr]_[0-9A-Za-z]{36}|github_pat_\w{60,})\b",
    "a token of GitLab": rb"\bglpat-[0-9A-Za-z_-]{20}\b",
    "a token of PyPI": rb"\bpypi-AgEI[0-9A-Za-z_-]{50,}",
    "a token of npm": rb"\bnpm_[0-9A-Za-z]{36}\b",
    "a token of Slack": rb"\bxox[abeoprs]-[0-9A-Za-z-]{10,}",
    "a signed token": rb"\beyJ[0-9A-Za-z_-]{15,}\.eyJ[0-9A-Za-z_-]{15,}\.[0-9A-Za-z_-]{20,}",
    # Example hosts and named places of a pattern are none: USER:PASSWORD@, {name}:{word}@, hunter2@host.
    "a password in an address": rb"\b[a-z][a-z0-9+]{2,12}://[^\s:/@'\"{}<>]+:(?!PASSWORD|hunter2|\*+)[^\s:/@'\"{}<>%\x80-\xff]{3,}@(?!host\b|[\w.]*example\b|127\.0\.0\.1|localhost)",
}
SEEN = re.compile(b"|".join(b"(%b)" % shape for shape in SHAPES.values()))


def found() -> list[str]:
    """Every place with what it looks like, as ``file:line what``."""
    told = []
    for path in sorted(ROOT.rglob("*")):
        if LEFT_OUT & set(path.relative_to(ROOT).parts) or path.is_symlink() or not path.is_file():
            continue
        content = path.read_bytes()
        for one in SEEN.finditer(content):
            line, what = content.count(b"\n", 0, one.start()) + 1, list(SHAPES)[(one.lastindex or 1) - 1]
            told.append(f"{path.relative_to(ROOT)}:{line} {what}")
    return told


if __name__ == "__main__":
    for place in (places := found()):
        print(f"{place}: take it out, and make it invalid where it is used", file=sys.stderr)
    sys.exit(bool(places))
