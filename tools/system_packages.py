"""What the tests need from the distribution: a browser, PostgreSQL, a Chinese font, what sets PDF, openssl, nginx and systemd.

As root (or with sudo that asks nothing) the missing packages are installed; otherwise they are named and the run stops.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from ctypes.util import find_library
from pathlib import Path

NEEDED: dict[str, Callable[[], object]] = {
    "chromium": lambda: shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome"),
    "postgresql": lambda: shutil.which("postgres") or any(Path("/usr/lib/postgresql").glob("*/bin/postgres")),
    "fonts-noto-cjk": lambda: _has_chinese_font(),
    "libpangoft2-1.0-0": lambda: find_library("pangoft2-1.0"),  # the PDF of documents
    "libharfbuzz-subset0": lambda: find_library("harfbuzz-subset"),
    # Reads office files as their readers' programs do; charts in documents need the part for sheets.
    "libreoffice-writer-nogui": lambda: _has_office("swlo"),
    "libreoffice-impress-nogui": lambda: _has_office("sdlo"),
    "libreoffice-calc-nogui": lambda: _has_office("sclo"),
    **({"systemd": lambda: shutil.which("systemd-analyze")} if sys.platform == "linux" else {}),  # reads its units
    "openssl": lambda: shutil.which("openssl"),  # certificates of the mail servers that tests start
    "nginx-light": lambda: shutil.which(
        "nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin"
    ),  # before the site, by deploy/nginx.conf
}


def _has_office(part: str) -> bool:
    program = shutil.which("soffice")
    if program is None:
        return False
    if sys.platform == "darwin":
        return True
    return any(Path(program).resolve().parent.glob(f"lib{part}.*"))


def _has_chinese_font() -> bool:
    if shutil.which("fc-list") is None:
        return sys.platform == "darwin"
    found = subprocess.run(["fc-list", ":lang=zh"], capture_output=True, text=True, check=False)
    return bool(found.stdout.strip())


def main() -> None:
    missing = [package for package, present in NEEDED.items() if not present()]
    if not missing:
        return
    names = " ".join(missing)
    if shutil.which("apt-get") is None:
        sys.exit(f"The tests need these packages of your system: {names}. Install them and run the command again.")
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if sudo and (
        shutil.which("sudo") is None or subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode
    ):
        sys.exit(f"The tests need: {names}. Run: sudo apt-get install {names}")
    print(f"Installing {names} …", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update", "-q"],
        ["apt-get", "install", "-y", "-q", "--no-install-recommends", *missing],
    ):
        done = subprocess.run([*sudo, *command], env=environment, stdout=subprocess.DEVNULL, check=False)
        if done.returncode:
            sys.exit(f"{' '.join(command)} failed. Install {names} yourself and run the command again.")


if __name__ == "__main__":
    main()
