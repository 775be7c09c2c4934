"""Channels 通知渠道 that reach people outside the system: mail, a webhook, robots of chat groups (企业微信, 钉钉, 飞书).

All are off unless the settings name them. Each call sends one message, or one digest of several.
"""

from __future__ import annotations

import ipaddress
import json
import smtplib
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any, Literal, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from rules.errors import SettingsError
from workflows.people.outbox import MAIL, WEBHOOK, Message
from workflows.warnings.watch import Raised

ROBOT = "robot:"
TIMEOUT_SECONDS = 20.0
Tls = Literal["on", "starttls", "off"]
PORTS: dict[Tls, int] = {"on": 465, "starttls": 587, "off": 25}


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail server and who is reached under which address. ``addresses``: login → address.

    ``tls``: ``on`` from the first byte, ``starttls`` before anything is said, ``off`` in the clear.
    """

    host: str
    port: int
    sender: str
    addresses: Mapping[str, str]
    user: str = ""
    password: str = field(default="", repr=False)
    tls: Tls = "off"


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address that takes each message as a JSON document by POST."""

    url: str = field(repr=False)


class Words(Protocol):
    """How what goes out is worded in a language, or for None in the installation's: (subject, body)."""

    def messages(self, messages: Sequence[Message], language: str | None) -> tuple[str, str]:
        """One message as it is, several as a digest in their order."""

    def alert(self, alert: Raised, language: str | None) -> tuple[str, str]:
        """An alert of the system itself."""


@dataclass(frozen=True, slots=True)
class Channels:
    """The channels that are on, and how what goes through them is worded."""

    words: Words
    mail: Mail | None = None
    webhook: Webhook | None = None
    robots: tuple[str, ...] = field(default=(), repr=False)  # addresses as apprise writes them: wecombot://KEY …

    @property
    def names(self) -> tuple[str, ...]:
        """For the outbox: through which channels people are told."""
        on = ((MAIL, self.mail), (WEBHOOK, self.webhook))
        robots = (f"{ROBOT}{place}" for place in range(1, len(self.robots) + 1))
        return (*(name for name, channel in on if channel is not None), *robots)

    def senders(self) -> dict[str, Sender]:
        """How each channel that is on sends."""
        made: dict[str, Sender] = {}
        if self.mail is not None:
            made[MAIL] = mail_sender(self.mail)
        if self.webhook is not None:
            made[WEBHOOK] = webhook_sender(self.webhook)
        return made | {f"{ROBOT}{place}": robot_sender(url) for place, url in enumerate(self.robots, start=1)}


@dataclass(frozen=True, slots=True)
class Text:
    """A message in words."""

    subject: str
    body: str


class Undeliverable(Exception):
    """It will never get through, so that trying again is no use."""


class Sender(Protocol):
    """Sends one message. Raises Undeliverable, or any other error when it may work later."""

    def __call__(self, message: Message, text: Text) -> None: ...


def mail_sender(mail: Mail) -> Sender:
    """Sends through the mail server, one message a connection; under TLS only to the host that the certificate names."""

    def send(message: Message, text: Text) -> None:
        address = mail.addresses.get(message.recipient)
        if address is None:
            raise Undeliverable(f"{message.recipient} has no address")
        letter = EmailMessage()
        letter["From"], letter["To"], letter["Subject"] = mail.sender, address, text.subject
        letter["Message-ID"] = f"<{message.key}@poolwatch>"
        letter.set_content(f"{text.body}\n\n{message.key}\n")
        try:
            with connected(mail) as server:
                if mail.user:
                    server.login(mail.user, mail.password)
                server.send_message(letter)
        except smtplib.SMTPRecipientsRefused as refusal:
            codes = [code for code, _ in refusal.recipients.values()]
            if all(code >= 500 for code in codes):
                raise Undeliverable(f"the mail server refused {address}: {codes}") from refusal
            raise

    return send


def connected(mail: Mail) -> smtplib.SMTP:
    """A connection as secure as the setting asks. Raises when the server cannot prove its name or offers no TLS."""
    if mail.tls == "off":
        return smtplib.SMTP(mail.host, mail.port, timeout=TIMEOUT_SECONDS)
    verified = ssl.create_default_context()
    if mail.tls == "on":
        return smtplib.SMTP_SSL(mail.host, mail.port, timeout=TIMEOUT_SECONDS, context=verified)
    server = smtplib.SMTP(mail.host, mail.port, timeout=TIMEOUT_SECONDS)
    try:
        server.starttls(context=verified)
    except BaseException:
        server.close()
        raise
    return server


class _Nowhere(urllib.request.HTTPRedirectHandler):
    """What is sent goes to the address that is set and to no other that it names."""

    def redirect_request(self, *_given: Any) -> None:
        return None


_opener = urllib.request.build_opener(_Nowhere)


def webhook_sender(webhook: Webhook) -> Sender:
    """Posts a JSON document: key, subject, text, level. Redirects are refusals."""

    def send(message: Message, text: Text) -> None:
        document = {"key": message.key, "subject": text.subject, "text": f"{text.body}\n{message.key}"}
        body = json.dumps({**document, "level": message.level.code}, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json; charset=utf-8", "Idempotency-Key": message.key}
        request = urllib.request.Request(webhook.url, body, headers, method="POST")  # noqa: S310  # see webhook_of
        try:
            with _opener.open(request, timeout=TIMEOUT_SECONDS):
                return
        except urllib.error.HTTPError as refusal:
            # Too many at once, or a time-out on the other side, may pass; another refusal of the request will not.
            if 300 <= refusal.code < 500 and refusal.code not in (408, 425, 429):
                raise Undeliverable(f"refused with {refusal.code}") from refusal
            raise

    return send


def robot_sender(url: str) -> Sender:
    """Posts to one robot of a chat group. Redirects are refusals."""

    def send(message: Message, text: Text) -> None:
        # Loaded with the first message: most installations have no robot.
        from apprise import Apprise, AppriseAsset

        robot = Apprise(asset=AppriseAsset(http_redirects=False))
        if not robot.add(url):
            raise Undeliverable("the robot's address is not understood")
        if not robot.notify(title=text.subject, body=f"{text.body}\n{message.key}"):
            raise ConnectionError("the robot did not take the message")

    return send


# --- from the settings


def mail_of(url: str, addresses: Mapping[str, str]) -> Mail:
    """A mail server from ``smtps://USER:PASSWORD@HOST:PORT?from=ADDRESS``. Raises SettingsError.

    smtps speaks TLS from the first byte. smtp demands STARTTLS, but for a server on this machine and where the address
    says ``&tls=off``. Without a port: 465, 587, and 25 in the clear.
    """
    parts = urlsplit(url)
    asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    try:
        port = parts.port
    except ValueError:
        port = -1
    tls = _tls(parts.scheme, parts.hostname or "", asked.get("tls"))
    if tls is None or not parts.hostname or not asked.get("from") or port == -1:
        raise SettingsError("MAIL_URL is not smtps://HOST:PORT?from=ADDRESS or smtp://…", name="MAIL_URL")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return Mail(parts.hostname, port or PORTS[tls], asked["from"], addresses, user, password, tls)


def _tls(scheme: str, host: str, asked: str | None) -> Tls | None:
    """How to speak with a server; None where the address does not say it in a way that is known."""
    if scheme == "smtps":
        return "on" if asked is None else None
    if scheme != "smtp" or asked not in (None, "starttls", "off"):
        return None
    return "off" if asked == "off" or (asked is None and _on_this_machine(host)) else "starttls"


def _on_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def webhook_of(url: str) -> Webhook:
    """A webhook's address. Raises SettingsError for what is none of HTTP."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SettingsError("WEBHOOK_URL is not https://HOST/PATH", name="WEBHOOK_URL")
    return Webhook(url)


def channels_of(
    words: Words, mail_url: str, addresses: Mapping[str, str], webhook_url: str, robot_urls: str
) -> Channels:
    """The channels that the settings name; ``robot_urls`` are separated by blanks."""
    return Channels(
        words,
        mail_of(mail_url, addresses) if mail_url else None,
        webhook_of(webhook_url) if webhook_url else None,
        tuple(robot_urls.split()),
    )
