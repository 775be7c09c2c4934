"""Mail goes out under TLS to the server it is meant for, or not at all."""

from __future__ import annotations

import smtplib
import ssl
from pathlib import Path

import pytest

from monitoring.telling.channels import Mail, Text, mail_of, mail_sender
from rules.alerts.threshold import Level
from rules.errors import SettingsError
from tests.mail_server import MailSink, running, self_signed
from workflows.people.outbox import Message

MESSAGE = Message(1, "key-1", 1, "monitor", "mail", 0, "", "", "", "", "", "open", Level.RED, None)
ADDRESSES = {"monitor": "monitor@example.test"}


def send(sink: MailSink, url: str) -> None:
    mail = mail_of(url.format(port=sink.port), ADDRESSES)
    mail_sender(mail)(MESSAGE, Text("预警", "红色"))


# The two ways of TLS: the address of the setting, and whether the server speaks it from the start.
WAYS = [
    ("smtps://127.0.0.1:{port}?from=p@example.test", True),
    ("smtp://127.0.0.1:{port}?from=p@example.test&tls=starttls", False),
]
TLS = pytest.mark.parametrize(("url", "from_the_start"), WAYS, ids=["smtps", "starttls"])


@TLS
def test_a_letter_goes_encrypted_to_a_server_that_proves_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, from_the_start: bool
) -> None:
    certificate = self_signed(tmp_path, "IP:127.0.0.1")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.with_suffix(".crt")))
    sink = MailSink(certificate, from_the_start=from_the_start)
    with running(sink):
        send(sink, url)
    assert len(sink.letters) == 1 and sink.encrypted == [True]


@TLS
def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path, url: str, from_the_start: bool) -> None:
    sink = MailSink(self_signed(tmp_path, "IP:127.0.0.1"), from_the_start=from_the_start)
    with running(sink), pytest.raises(ssl.SSLCertVerificationError, match="self-signed"):
        send(sink, url)
    assert sink.letters == []


@TLS
@pytest.mark.parametrize("name", ["DNS:mail.example.test", "IP:127.0.0.2"])
def test_a_certificate_of_another_host_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, from_the_start: bool, name: str
) -> None:
    certificate = self_signed(tmp_path, name)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.with_suffix(".crt")))
    sink = MailSink(certificate, from_the_start=from_the_start)
    with running(sink), pytest.raises(ssl.SSLCertVerificationError, match="IP address mismatch"):
        send(sink, url)
    assert sink.letters == []


def test_a_server_that_offers_no_starttls_gets_nothing() -> None:
    sink = MailSink()
    with running(sink), pytest.raises(smtplib.SMTPNotSupportedError):
        send(sink, "smtp://127.0.0.1:{port}?from=p@example.test&tls=starttls")
    assert sink.letters == []


@pytest.mark.parametrize("more", ["", "&tls=off"])
def test_on_this_machine_a_letter_may_go_in_the_clear(more: str) -> None:
    sink = MailSink()
    with running(sink):
        send(sink, "smtp://127.0.0.1:{port}?from=p@example.test" + more)
    assert sink.encrypted == [False]


@pytest.mark.parametrize(
    ("url", "port", "tls"),
    [
        ("smtps://mail.example?from=p@example", 465, "on"),
        ("smtps://u:p@mail.example:587?from=p@example", 587, "on"),
        ("smtp://mail.example?from=p@example", 587, "starttls"),
        ("smtp://mail.example:25?from=p@example", 25, "starttls"),
        ("smtp://mail.example?from=p@example&tls=off", 25, "off"),
        ("smtp://localhost?from=p@example", 25, "off"),
        ("smtp://[::1]:2525?from=p@example", 2525, "off"),
        ("smtp://127.0.0.1?from=p@example&tls=starttls", 587, "starttls"),
    ],
)
def test_the_address_says_how_it_is_encrypted_and_the_port_follows(url: str, port: int, tls: str) -> None:
    mail = mail_of(url, ADDRESSES)
    assert (mail.port, mail.tls) == (port, tls)


@pytest.mark.parametrize(
    "url",
    [
        "mail.example",
        "smtp://mail.example",
        "http://mail.example?from=p@example",
        "smtp://mail.example:mail?from=p@example",
        "smtp://mail.example?from=p@example&tls=maybe",
        "smtps://mail.example?from=p@example&tls=off",
    ],
)
def test_an_address_that_says_no_server_is_a_sentence_at_the_start(url: str) -> None:
    with pytest.raises(SettingsError, match="MAIL_URL"):
        mail_of(url, ADDRESSES)


def test_the_password_is_in_no_print_of_the_settings() -> None:
    assert "secret" not in repr(mail_of("smtps://user:secret@mail.example?from=p@example", ADDRESSES))
    assert isinstance(mail_of("smtps://u:%C3%A9@mail.example?from=p@example", ADDRESSES), Mail)
