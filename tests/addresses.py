"""Every page and tab with what changes its shape; drawers, single subjects and files are found by following their links."""

from __future__ import annotations

from tests.demonstration_store import JILIN_CITY

EVERY_PAGE = [
    "/",
    "/?period=live",
    "/?show=tiles",
    "/?show=table",
    "/?scheme=published-pension",
    f"/region?region={JILIN_CITY}",
    "/budget",
    "/budget?tab=regions",
    "/budget?tab=expected",
    "/funds",
    "/funds?tab=accounts",
    "/funds?tab=pooling",
    "/funds?tab=legacy",
    "/funds?scheme=published-pension",
    "/gap",
    "/gap?tab=items",
    "/gap?tab=credits",
    "/gap?tab=due",
    "/gap?tab=scenarios",
    "/central",
    "/assessment",
    "/assessment?tab=areas",
    "/assessment?tab=year",
    "/warnings",
    "/warnings?tab=list",
    "/warnings?tab=instructions",
    "/issues",
    "/thresholds",
    "/thresholds?tab=coverage",
    "/thresholds/why",
    "/thresholds/files",
    "/thresholds/premium-deviation-low",
    "/calendar",
    "/briefings",
    "/briefings?tab=meetings",
    "/one-page",
    "/data",
    "/data?tab=imports",
    "/data?tab=reconciliation",
    "/data?tab=checks",
    "/messages",
    "/account",
    "/nowhere",
]
# 系统管理 of those whose page it is, each tab once, by the role of who opens it.
OF_ADMINISTRATORS = {
    "system_admin": ("", "sources", "regions", "calendar", "parameters", "backup"),
    "security_admin": ("", "sessions", "tokens", "policy"),
    "auditor": ("", "seals", "exceptions", "package", "rights"),
}
