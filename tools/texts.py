"""Bring the English catalogue in step with the code: every text inside ``_()`` or ``N_()``, nothing else.

``python -m tools.texts`` adds new texts without a translation, drops those no longer used, and lists what is missing.
Texts are found in the syntax tree, so that those inside f-strings are found too.
"""

from __future__ import annotations

import ast
import sys
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
CATALOGUE = ROOT / "dashboard" / "words" / "translations" / "en.po"
MARKS = {"_", "N_"}


def marked_texts(root: Path = ROOT) -> dict[str, str]:
    """Every marked text with the file that first uses it. Raises SyntaxError for a mark without a literal text."""
    found: dict[str, str] = {}
    for path in sorted((root / "dashboard").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKS and node.args:
                text = node.args[0]
                if isinstance(text, ast.Constant) and isinstance(text.value, str):
                    found.setdefault(text.value, str(path.relative_to(root)))
    return found


def main() -> None:
    with CATALOGUE.open("rb") as file:
        kept = {message.id: message.string for message in read_po(file, locale="en") if message.id}
    texts = marked_texts()
    catalogue = Catalog(locale="en", project="Poolwatch", version="0.1.0", fuzzy=False, header_comment="# Poolwatch")
    catalogue.creation_date = catalogue.revision_date = datetime(2026, 1, 1, tzinfo=UTC)
    catalogue.last_translator, catalogue.language_team = "Poolwatch", "Poolwatch"
    catalogue.msgid_bugs_address, catalogue.copyright_holder = "the repository's issues", "the Poolwatch authors"
    for text in sorted(texts):
        catalogue.add(text, kept.get(text, ""))
    with CATALOGUE.open("wb") as file:
        write_po(file, catalogue, width=0)
    missing = [text for text in sorted(texts) if not kept.get(text)]
    dropped = sorted(set(kept) - set(texts))
    print(f"{len(texts)} texts, {len(missing)} without a translation, {len(dropped)} dropped")
    for text in missing:
        print(f"  {texts[text]}: {text}")
    sys.exit(1 if missing else 0)


if __name__ == "__main__":
    main()
