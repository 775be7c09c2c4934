"""How much may be sent: 64 kB, but where a file comes with it. What takes files says how large they may be."""

from __future__ import annotations

from collections.abc import Callable
from typing import IO

from flask import Flask, request

from dashboard.site.wire import CALLBACK

SMALL = 64 << 10
MOST_PARTS = 1000


class _Rejoined:
    """A request's body whose beginning has been read, from the beginning."""

    def __init__(self, head: bytes, rest: IO[bytes]) -> None:
        self._head, self._rest = head, rest

    def read(self, size: int = -1) -> bytes:
        if not self._head:
            return self._rest.read(size)
        if size < 0:
            size = len(self._head)
        found, self._head = self._head[:size], self._head[size:]
        return found


def install(server: Flask, file_question: bytes, largest_file: Callable[[], int]) -> None:
    """Bound every request. ``file_question``: how the question of the one callback begins that takes a file;
    ``largest_file`` how many bytes the present reader may send in it."""
    server.config["MAX_CONTENT_LENGTH"] = SMALL
    server.config["MAX_FORM_MEMORY_SIZE"] = SMALL  # all fields of a form that are no files
    server.config["MAX_FORM_PARTS"] = MOST_PARTS

    @server.before_request
    def bound() -> None:
        if request.path != CALLBACK or (request.content_length or 0) <= SMALL:
            return
        body = request.environ["wsgi.input"]
        head = body.read(len(file_question))
        request.environ["wsgi.input"] = _Rejoined(head, body)
        if head == file_question:
            request.max_content_length = largest_file()
