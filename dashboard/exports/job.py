"""The process that writes one document: ``python -m dashboard.exports.job FOLDER KIND``, the document as JSON on its standard
input. It says in its folder how far it is, leaves the file there, or the code of what went wrong. It ends by itself when it
takes too long or too much."""

from __future__ import annotations

import json
import logging
import os
import resource
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from dashboard.exports import kept
from dashboard.exports.blocks import Document
from dashboard.words.wording import in_language
from rules.errors import PoolwatchError

SECONDS = 150
MEMORY_MB = 1536
MADE, FAILED, PROGRESS, TEMPLATE = "made", "failed.json", "progress.json", "template.docx"
OUT_OF_MEMORY, SURPRISE = "export_too_large", "export_failed"


def write(document: Document, kind: str, folder: Path) -> bytes:
    """The document in a format. Each writer is loaded with what it takes, when its turn comes."""

    def say(phase: str, at: int = 0, of: int = 0) -> None:
        put(folder / PROGRESS, json.dumps({"phase": phase, "at": at, "of": of}).encode())

    def convert() -> bytes:
        from dashboard.exports.as_word import same_as_word
        from dashboard.exports.office.document import docx_bytes
        from dashboard.exports.probe import office_program

        word = docx_bytes(document)
        say("convert")
        return same_as_word(word, office_program(), folder.parent / "office.lock")

    say("write")
    if kind == "pdf":
        from dashboard.exports.pdf import pdf_bytes

        return pdf_bytes(document, say)
    if kind == "docx":
        from dashboard.exports.office.document import docx_bytes

        return docx_bytes(document)
    if kind == "docx-template":
        from dashboard.exports.office.template import template_bytes

        return template_bytes(document, (folder / TEMPLATE).read_bytes())
    if kind == "pptx":
        from dashboard.exports.office.slides import pptx_bytes

        return pptx_bytes(document)
    if kind == "xlsx":
        from dashboard.exports.workbook import workbook_bytes

        return workbook_bytes(document)
    return convert()


def put(path: Path, content: bytes) -> None:
    """A file that is there whole or not at all."""
    part = path.with_suffix(".part")
    part.write_bytes(content)
    part.replace(path)


def bind() -> None:
    """The kernel's own limits, which hold whatever becomes of who started this."""
    bounds = {resource.RLIMIT_CPU: SECONDS, resource.RLIMIT_DATA: MEMORY_MB << 20, resource.RLIMIT_CORE: 0}
    for what, bound in bounds.items():
        _now, hard = resource.getrlimit(what)
        least = bound if hard == resource.RLIM_INFINITY else min(bound, hard)
        with suppress(ValueError, OSError):  # macOS knows no limit of data
            resource.setrlimit(what, (least, least))
    signal.alarm(SECONDS)
    os.nice(5)


def main(folder: Path, kind: str, work: Callable[[Document, str, Path], bytes] = write) -> None:
    """Write the document and leave it in the folder."""
    problem = ""
    try:
        document = kept.read_document(json.load(sys.stdin.buffer))
        with in_language(document.language):
            put(folder / MADE, work(document, kind, folder))
    except MemoryError:
        problem = OUT_OF_MEMORY
    except PoolwatchError as refused:
        problem = refused.code
    except Exception:
        logging.exception("the document could not be written")
        problem = SURPRISE
    if problem:
        put(folder / FAILED, json.dumps({"code": problem}).encode())


if __name__ == "__main__":
    bind()
    main(Path(sys.argv[1]), sys.argv[2])
