"""A mail server on loopback that keeps the letters it gets, in the clear or under TLS with a certificate of its own."""

from __future__ import annotations

import socketserver
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class MailSink(socketserver.ThreadingTCPServer):
    """Speaks as much SMTP as a sender needs; ``refuse`` is the answer to every recipient.

    ``certificate`` (certificate and key in one file) makes it speak TLS: from the start, or after STARTTLS.
    """

    allow_reuse_address = daemon_threads = True

    def __init__(self, certificate: Path | None = None, *, from_the_start: bool = False) -> None:
        super().__init__(("127.0.0.1", 0), MailConversation)
        self.letters: list[str] = []
        self.encrypted: list[bool] = []
        self.refuse: str | None = None
        self.from_the_start = from_the_start
        self.tls: ssl.SSLContext | None = None
        if certificate is not None:
            self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.tls.load_cert_chain(certificate)

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def handle_error(self, *_: object) -> None:
        """A client that breaks off the handshake is what some tests are about."""


class MailConversation(socketserver.StreamRequestHandler):
    server: MailSink

    def setup(self) -> None:
        if self.server.from_the_start:
            self._encrypt()
        super().setup()

    def _encrypt(self) -> None:
        assert self.server.tls is not None
        self.request = self.server.tls.wrap_socket(self.request, server_side=True)

    def handle(self) -> None:
        self.say("220 sink")
        while line := self.rfile.readline().decode("ascii", "replace").strip():
            command = line.split(" ")[0].split(":")[0].upper()
            if command == "EHLO" and self.server.tls is not None and not self.encrypted:
                self.say("250-sink")
                self.say("250 STARTTLS")
                continue
            if command == "DATA":
                self.say("354 go on")
                lines: list[str] = []
                while (text := self.rfile.readline().decode("utf-8")) != ".\r\n":
                    lines.append(text)
                self.server.letters.append("".join(lines))
                self.server.encrypted.append(self.encrypted)
            if command == "RCPT" and self.server.refuse:
                self.say(self.server.refuse)
                continue
            self.say({"QUIT": "221 bye", "STARTTLS": "220 go on"}.get(command, "250 ok"))
            if command == "QUIT":
                return
            if command == "STARTTLS":
                self._encrypt()
                super().setup()

    @property
    def encrypted(self) -> bool:
        return isinstance(self.request, ssl.SSLSocket)

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode("ascii"))


@contextmanager
def running(sink: socketserver.TCPServer) -> Iterator[None]:
    threading.Thread(target=sink.serve_forever, args=[0.05], daemon=True).start()
    try:
        yield
    finally:
        sink.shutdown()
        sink.server_close()


def self_signed(folder: Path, name: str) -> Path:
    """A new self-signed certificate with its key for a host, ``IP:…`` or ``DNS:…``, in one file."""
    made = folder / f"{name.replace(':', '-')}.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-days", "2", "-subj", "/CN=poolwatch test", "-addext", f"subjectAltName={name}"]
    subprocess.run([*command, "-keyout", made, "-out", made.with_suffix(".crt")], check=True, capture_output=True)
    made.write_text(
        made.read_text(encoding="ascii") + made.with_suffix(".crt").read_text(encoding="ascii"), encoding="ascii"
    )
    return made
