"""The site: ``create_app`` joins the parts. Nothing here runs at import, so a second application is a complete one."""

from __future__ import annotations

from functools import partial

from dash import Dash
from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from dashboard.api import serving
from dashboard.exports import job_routes
from dashboard.finding import door as search
from dashboard.guard import crowd, rates, refusals, sizes
from dashboard.guard.crowd import Crowd
from dashboard.guard.gate import Gate
from dashboard.machines import metrics, ready
from dashboard.machines.requests import Noted, route_of
from dashboard.pages.account.page import PAGE as account
from dashboard.pages.admin.page import PAGE as admin
from dashboard.pages.assessment.page import PAGE as assessment
from dashboard.pages.briefings.page import PAGE as briefings
from dashboard.pages.budget.page import PAGE as budget
from dashboard.pages.calendar.page import PAGE as calendar
from dashboard.pages.central.page import PAGE as central
from dashboard.pages.data import upload
from dashboard.pages.data.page import PAGE as data
from dashboard.pages.funds.page import PAGE as funds
from dashboard.pages.gap.page import PAGE as gap
from dashboard.pages.issues.page import PAGE as issues
from dashboard.pages.messages.page import PAGE as messages
from dashboard.pages.one_page.page import PAGE as one_page
from dashboard.pages.outlook.page import PAGE as outlook
from dashboard.pages.overview.page import PAGE as overview
from dashboard.pages.region.page import PAGE as region
from dashboard.pages.sign_in import routes as sign_in, steps as sign_in_steps, visit
from dashboard.pages.thresholds.page import PAGE as thresholds
from dashboard.pages.warnings.page import PAGE as warnings
from dashboard.site import (
    acting,
    annotating,
    attaching,
    dispatch as shell,
    doors,
    explaining,
    exporting,
    keeping,
    page as declared,
    passports,
    wire,
)
from dashboard.site.application import Application
from dashboard.site.chart_library import ASSETS, serve_chart_library, serve_site_files
from dashboard.site.page import Page
from dashboard.site.site import Site as Site
from dashboard.site.transaction import Closing

# In menu order.
PAGES: tuple[Page, ...] = (
    overview,
    region,
    warnings,
    issues,
    thresholds,
    budget,
    funds,
    gap,
    central,
    outlook,
    assessment,
    briefings,
    one_page,
    data,
    admin,
    calendar,
    messages,
    account,
)

REMEMBERED_BYTES = 64_000_000
# What is done on every page.
EVERYWHERE = (*explaining.ACTS, *annotating.ACTS, *keeping.acts(PAGES))


def create_site(site: Site) -> Dash:
    """The Dash application of one site. ``.server`` is the WSGI application."""
    server = Flask("poolwatch", static_folder=None)
    server.secret_key = site.secret_key
    server.config["SEND_FILE_MAX_AGE_DEFAULT"] = wire.STATIC_AGE
    app = Application(
        "poolwatch",
        server=server,  # an application of Flask is taken; the signature forgets it
        assets_folder=str(ASSETS),
        assets_ignore=r"\.(css|js)$",  # joined by the bundle
        pages_folder="",
        title="基金运行监测",
        update_title="",
        suppress_callback_exceptions=True,
        add_log_handler=False,
        enable_mcp=False,
        compress=False,
        health_endpoint="healthz",
        on_error=shell.report,
    )
    server.extensions |= {declared.SITE: site, declared.PAGES: PAGES, declared.EVERYWHERE: EVERYWHERE}
    doors.register(server, site)
    sizes.install(server, upload.QUESTION, upload.largest_question)
    refusals.install(server, rates.install(server, rated=site.rated))
    sign_in.register(server, site)
    sign_in_steps.register(server, site)
    memo = wire.Memo(REMEMBERED_BYTES)
    serve_site_files(server)
    serve_chart_library(server, site.var)
    exporting.register(server, site, PAGES)
    job_routes.register(server, site, PAGES)
    attaching.register(server, site)
    passports.register(server, site)
    search.register(server, site)
    serving.register(server, site)
    ready.register(server, site)
    metrics.register(server, site)
    acting.register(server, site, PAGES, EVERYWHERE)
    documents = shell.register(app, site, PAGES, memo)
    for page in PAGES:
        if page.register is not None:
            page.register(app, site)
    remembered = {page.path: page.remembered for page in PAGES}
    wire.install(
        server,
        memo,
        lambda environ, body: doors.answer_depends_on(site, environ, body, remembered),
        documents.at_hand,
    )
    known = partial(visit.is_known, site)
    gate = Gate(
        Crowd(Closing(server.wsgi_app), known, crowd.refused(server), site.language), site.hosts, app.csp_hashes
    )
    # As many proxies are believed who asks and by which scheme as are known to stand before the site.
    noted = Noted(gate, route_of(server, remembered), trusting=site.proxies > 0)
    before = ProxyFix(noted, x_for=site.proxies, x_proto=site.proxies, x_host=0) if site.proxies else noted
    server.wsgi_app = before  # type: ignore[method-assign]
    # Dash sets itself up at the first request and lets others pass meanwhile, which it then refuses: so there is one first.
    server.test_client().get("/healthz")
    return app
