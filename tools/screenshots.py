"""Every page in every look, by one command: ``make screenshots`` or ``python -m tools.screenshots [FOLDER]``.

Starts the site on a free port with its own store (the demonstration and the published examples, kept under
``FOLDER/store`` for the next time) and writes one PNG per page, theme, language and width.
"""

from __future__ import annotations

import itertools
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, sync_playwright

ROOT = Path(__file__).parent.parent
PAGES = {
    "overview": "/",
    "overview-live": "/?period=live",
    "overview-drawer": "/?item=months_payable",
    "overview-tiles": "/?show=tiles",
    "overview-city": "/?region=320500",
    "budget": "/budget",
    "budget-drawer": "/budget?item=premium",
    "budget-regions": "/budget?tab=regions",
    "funds": "/funds",
    "funds-accounts": "/funds?tab=accounts",
    "funds-pooling": "/funds?tab=pooling",
    "funds-legacy": "/funds?tab=legacy",
    "region": "/region?region=320500",
    "warnings": "/warnings",
    "warnings-list": "/warnings?tab=list",
    "issues": "/issues",
    "thresholds": "/thresholds",
    "thresholds-coverage": "/thresholds?tab=coverage",
    "gap": "/gap",
    "gap-items": "/gap?tab=items",
    "central": "/central",
    "outlook": "/outlook",
    "assessment": "/assessment",
    "briefings-meetings": "/briefings?tab=meetings",
    "one-page": "/one-page",
    "calendar": "/calendar",
    "messages": "/messages",
    "account": "/account",
    "data": "/data",
    "data-imports": "/data?tab=imports",
    "data-reconciliation": "/data?tab=reconciliation",
    "data-checks": "/data?tab=checks",
    "published-pension": "/?scheme=published-pension",
    "published-work-injury": "/?scheme=published-work-injury",
    "published-flows": "/funds?scheme=published-pension",
}
# 系统管理, by the role of who opens it.
ADMINISTRATORS = {
    "system_admin": ("health", "sources", "regions", "calendar", "parameters", "backup"),
    "security_admin": ("accounts", "sessions", "tokens", "policy"),
    "audit_admin": ("trail", "seals", "exceptions", "package", "rights"),
}
WIDTHS = {"1440": (1440, 770), "1920": (1920, 950), "390": (390, 844)}
LOOKS = list(itertools.product(("light", "dark"), ("zh", "en"), WIDTHS))
ADMINISTRATORS_LOOKS = [("light", "zh", "1440"), ("dark", "en", "1440"), ("light", "en", "390"), ("dark", "zh", "390")]
BROWSER_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def browser_path() -> str:
    """The distribution's Chromium. Ends with a sentence when there is none."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    sys.exit("No Chromium was found. Install your distribution's package chromium and run the command again.")


def start(folder: Path) -> tuple[subprocess.Popen[bytes], str]:
    """Start the site and wait until it is ready; the first start loads the demonstration and takes a minute or two."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "POOLWATCH_VAR": str(folder / "store"), "POOLWATCH_PORT": str(port)}
    environment.pop("POOLWATCH_DATABASE_URL", None)
    process = subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, env=environment)
    base = f"http://127.0.0.1:{port}"
    for _ in range(600):
        if process.poll() is not None:
            sys.exit("The site did not start; see its message above.")
        try:
            urllib.request.urlopen(f"{base}/readyz", timeout=2).close()
            return process, base
        except OSError:
            time.sleep(1)
    process.terminate()
    sys.exit("The site was not ready within ten minutes.")


def take(context: BrowserContext, base: str, folder: Path) -> int:
    """Write every picture; returns how many."""
    page = context.new_page()
    page.goto(f"{base}/sign-in")
    page.screenshot(path=str(folder / "sign-in.png"))
    count = 1 + _pictures(page, base, folder, "monitor", PAGES, LOOKS)
    for role, tabs in ADMINISTRATORS.items():
        pages = {f"admin-{tab}": f"/admin?tab={tab}" for tab in tabs}
        count += _pictures(page, base, folder, role, pages, ADMINISTRATORS_LOOKS)
    return count


def _pictures(
    page: Page, base: str, folder: Path, role: str, pages: Mapping[str, str], looks: Sequence[tuple[str, str, str]]
) -> int:
    """Pages as one role sees them, in each look; how many pictures."""
    page.context.clear_cookies()
    page.goto(f"{base}/sign-in")
    page.click(f'form:has(input[value="{role}"]) button')
    count = 0
    for theme, language, width in looks:
        cookies = {"theme": theme, "language": language}
        page.context.add_cookies([{"name": name, "value": value, "url": base} for name, value in cookies.items()])
        size = WIDTHS[width]
        page.set_viewport_size({"width": size[0], "height": size[1]})
        for name, path in pages.items():
            page.goto(base + path)
            page.wait_for_selector("#page .content:not([aria-busy])")
            page.wait_for_load_state("networkidle")
            target = folder / f"{name}-{theme}-{language}-{width}.png"
            page.screenshot(path=str(target), full_page=width == "390")
            count += 1
            print(f"\r{role}: {count} pictures", end="", flush=True)
    return count


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    process, base = start(folder)
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=browser_path(), args=BROWSER_FLAGS)
            count = take(browser.new_context(viewport={"width": 1440, "height": 770}), base, folder)
            browser.close()
        print(f"\n{count} pictures in {folder}")
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    main()
