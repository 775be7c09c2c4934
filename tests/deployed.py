"""nginx by the project's own configuration, on ports and with a certificate of a test's own."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent
NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin") or "nginx"
FRAME = """
{user}
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/nginx-error.log;
events {{ worker_connections 1024; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/poolwatch.conf;
}}
"""


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on."""
    with ExitStack() as open_:
        doors = [open_.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [int(door.getsockname()[1]) for door in doors]


def certificate(folder: Path) -> None:
    """A certificate of the host's name, and its key."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=pool.example", "-keyout", folder / "key.pem", "-out", folder / "fullchain.pem"],
        check=True,
        capture_output=True,
    )  # fmt: skip


def configured(site: Path, folder: Path, port: int) -> Path:
    """The project's nginx.conf with a test's places in place of the installation's; the file to start nginx with."""
    certificate(folder)
    text = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    (plain,) = free_ports(1)
    for pattern, put, times in (
        (r"listen \[::\].*\n", "", 2),
        (r"listen 80;", f"listen 127.0.0.1:{plain};", 1),
        (r"listen 443 ", f"listen 127.0.0.1:{port} ", 1),
        (r"/etc/poolwatch/tls", str(folder), 2),
        (r"/run/poolwatch/web\.sock", str(site), 2),
        (r"/var/log/nginx/poolwatch\.log", f"{folder}/access.log", 1),
    ):
        text, done = re.subn(pattern, put, text)
        assert done == times, pattern
    (folder / "poolwatch.conf").write_text(text, encoding="utf-8")
    user = "user root;" if os.geteuid() == 0 else ""
    path = folder / "nginx.conf"
    path.write_text(FRAME.format(folder=folder, user=user), encoding="utf-8")
    return path


@contextmanager
def nginx_before(site: Path, folder: Path, port: int) -> Iterator[None]:
    """nginx on a port of this machine before the site's socket."""
    serving = subprocess.Popen([NGINX, "-c", configured(site, folder, port)])
    try:
        ends = time.monotonic() + 20
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                assert serving.poll() is None and time.monotonic() < ends, "nginx did not start"
                time.sleep(0.02)
        yield
    finally:
        serving.terminate()
        serving.wait(20)
