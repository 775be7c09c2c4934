"""The files of ``deploy/`` name what there is, and nginx does what its file says."""

from __future__ import annotations

import re
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from configparser import RawConfigParser
from http.client import HTTPResponse, HTTPSConnection
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingUnixStreamServer

import pytest
import yaml
from flask import Flask

from commands import register_commands
from settings import PREFIX, Settings, load_settings
from tests.deployed import free_ports, nginx_before

DEPLOY = Path(__file__).parent.parent / "deploy"
UNITS = sorted(path for path in (DEPLOY / "systemd").rglob("*.*") if path.is_file())
UNVERIFIED = ssl._create_unverified_context()  # noqa: S323  # the certificate is the test's own


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """nginx before a server that answers with the headers it was asked with; its port."""
    folder = tmp_path_factory.mktemp("nginx")

    class Echo(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            told = str(self.headers).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        do_POST = do_GET

        def address_string(self) -> str:
            return "socket"

        def log_message(self, *_about: object) -> None:
            pass

    (port,) = free_ports(1)
    with ThreadingUnixStreamServer(str(folder / "site.sock"), Echo) as site:
        (folder / "site.sock").chmod(0o666)
        threading.Thread(target=site.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        with nginx_before(folder / "site.sock", folder, port):
            yield port
        site.shutdown()


def ask(
    port: int,
    path: str,
    method: str = "GET",
    come_from: str = "127.0.0.1",
    size: int = 0,
    headers: dict[str, str] | None = None,
) -> HTTPResponse:
    connection = HTTPSConnection("127.0.0.1", port, timeout=10, source_address=(come_from, 0), context=UNVERIFIED)
    connection.request(method, path, headers={"Host": "pool.example", **(headers or {})}, body=b"x" * size or None)
    return connection.getresponse()


def test_the_site_is_told_who_asks_by_which_name_and_scheme_whatever_the_asker_says(behind: int) -> None:
    forged = {
        "X-Forwarded-For": "10.0.0.1",
        "X-Forwarded-Proto": "http",
        "X-Request-ID": "mine",
        "Forwarded": "for=10.0.0.1",
    }
    told = ask(behind, "/warnings", come_from="127.0.0.9", headers=forged).read().decode()
    handed = dict(line.split(": ", 1) for line in told.strip().splitlines())
    assert (handed["Host"], handed["X-Forwarded-For"], handed["X-Forwarded-Proto"]) == (
        "pool.example",
        "127.0.0.9",
        "https",
    )
    assert re.fullmatch("[0-9a-f]{8}", handed["X-Request-ID"]) and "Forwarded" not in handed


def test_what_is_for_machines_is_for_this_one_alone(behind: int) -> None:
    for path in ("/metrics", "/readyz"):
        assert ask(behind, path).status == 200
        assert ask(behind, path, come_from="127.0.0.9").status == 403
        assert ask(behind, path, come_from="127.0.0.9", headers={"X-Forwarded-For": "127.0.0.1"}).status == 403
    assert ask(behind, "/healthz", come_from="127.0.0.9").status == 200


def test_only_what_takes_files_takes_much(behind: int) -> None:
    much = 200 << 10
    assert ask(behind, "/sign-in", "POST", size=much).status == 413
    assert ask(behind, "/act/data/open_on_workbench", "POST", size=much).status == 200
    assert ask(behind, "/_dash-update-component", "POST", size=much).status == 200


def test_who_tries_to_sign_in_without_end_is_held_and_nobody_else(behind: int) -> None:
    said = [ask(behind, "/sign-in", "POST", come_from="127.0.0.8").status for _ in range(60)]
    assert said[:40] == [200] * 40 and said[-1] == 429
    assert ask(behind, "/sign-in", "POST", come_from="127.0.0.9").status == 200
    assert ask(behind, "/warnings", come_from="127.0.0.8").status == 200


def test_by_plain_http_everybody_is_led_to_tls(behind: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    text = next(tmp_path_factory.getbasetemp().glob("nginx*/poolwatch.conf")).read_text(encoding="utf-8")
    plain = int(re.findall(r"listen 127\.0\.0\.1:(\d+);", text)[0])
    with socket.create_connection(("127.0.0.1", plain), 5) as door:
        door.sendall(b"GET /warnings?a=1 HTTP/1.1\r\nHost: pool.example\r\n\r\n")
        said = door.recv(4096).decode()
    assert said.startswith("HTTP/1.1 308") and "Location: https://pool.example/warnings?a=1" in said


# --- what the files name


def unit(path: Path) -> RawConfigParser:
    read = RawConfigParser(strict=False)
    read.optionxform = str  # type: ignore[assignment,method-assign]
    read.read(path, encoding="utf-8")
    return read


@pytest.fixture(scope="module")
def commands(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    app = Flask("poolwatch")
    register_commands(app, Settings(var=tmp_path_factory.mktemp("var")))
    return set(app.cli.commands)


def test_units_and_services_run_commands_that_there_are(commands: set[str]) -> None:
    texts = [path.read_text(encoding="utf-8") for path in (*UNITS, DEPLOY / "compose.yaml", DEPLOY / "Dockerfile")]
    named = {one for text in texts for one in re.findall(r"flask[ ,]+([a-z-]+)", text)}
    assert {"init", "scheduler", "watch", "check", "audit"} <= named <= commands


def test_every_timer_and_socket_has_its_service_and_every_service_runs_as_itself_with_few_rights() -> None:
    services = {path.stem for path in UNITS if path.suffix == ".service"}
    started = {path.stem for path in UNITS if path.suffix in (".timer", ".socket")}
    assert started == services - {"poolwatch-scheduler"} and all(name.startswith("poolwatch-") for name in services)
    rights = unit(DEPLOY / "systemd" / "poolwatch-.service.d" / "rights.conf")["Service"]
    assert rights["NoNewPrivileges"] == "yes" and rights["ProtectSystem"] == "strict" and rights["User"] == "poolwatch"
    assert rights["WorkingDirectory"] == "/opt/poolwatch"


def test_systemd_finds_nothing_amiss_in_the_units(tmp_path: Path) -> None:
    for path in UNITS:
        put = tmp_path / path.relative_to(DEPLOY / "systemd")
        put.parent.mkdir(exist_ok=True)
        put.write_text(
            re.sub(r"(?<==)/opt/poolwatch/\.venv/bin/\w+", "/bin/true", path.read_text(encoding="utf-8")),
            encoding="utf-8",
        )
    units = [str(tmp_path / path.name) for path in UNITS if path.parent.name == "systemd"]
    found = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)
    assert (found.returncode, found.stderr) == (0, "")


def test_the_sample_of_settings_names_settings_and_makes_an_installation(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lines = (DEPLOY / "poolwatch.env").read_text(encoding="utf-8").splitlines()
    given = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    assert {name.removeprefix(PREFIX).lower() for name in given} <= set(Settings.model_fields)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("POOLWATCH_VAR", str(tmp_path))
    for name in ("SECRET_KEY", "SEAL_KEY", "PERSON_KEY"):
        assert not given[PREFIX + name], "a key that everybody has protects nothing"
        monkeypatch.setenv(PREFIX + name, "k" * 64)
    settings = load_settings()
    assert (settings.demo, settings.proxies, settings.log) == ("off", 1, "json")


def test_the_services_of_the_composition_share_what_they_must() -> None:
    composed = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    services, volumes = composed["services"], composed["volumes"]
    for name in ("init", "web", "scheduler"):
        assert {"var:/var/lib/poolwatch", "run:/run/poolwatch"} <= set(services[name]["volumes"])
        assert services[name]["read_only"] and services[name]["cap_drop"] == ["ALL"]
    named = {one.split(":")[0] for service in services.values() for one in service["volumes"]}
    assert {one for one in named if not one.startswith(".")} == set(volumes)
    assert not any("ports" in service for name, service in services.items() if name != "proxy")
    assert (DEPLOY.parent / composed["x-poolwatch"]["build"]["dockerfile"]).is_file()
