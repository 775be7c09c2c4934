"""Single sign-on by OpenID Connect: authorization code with PKCE, state and nonce; asks the configured issuer only."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import FlaskOAuth2App, OAuth
from authlib.integrations.requests_client import OAuth2Session
from flask import Flask, request, session
from flask.sessions import SecureCookieSessionInterface
from joserfc.errors import JoseError
from werkzeug.wrappers import Response

from dashboard.pages.sign_in.page import PROVIDER
from dashboard.pages.sign_in.steps import go_on, inside, refused
from dashboard.pages.sign_in.visit import visit_of
from dashboard.site.site import Site
from dashboard.words.display import problem_text
from rules.errors import PoolwatchError
from workflows.people import single_sign_on
from workflows.people.single_sign_on import SingleSignOn, SingleSignOnRefused

log = logging.getLogger("poolwatch.single_sign_on")
BACK = f"{PROVIDER}/back"
SECONDS = 10
# Signed with a key that the provider alone has. What it offers besides, none or a shared key, is not taken.
SIGNED = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"]
ASKED = ("authorization_endpoint", "token_endpoint", "jwks_uri")


def register(server: Flask, site: Site, known: SingleSignOn, door: Callable[[str], str]) -> None:
    """Install the way to the provider and back. ``door`` is the sign-in page with a sentence of what went wrong."""
    server.session_interface = _StateCookie()
    server.config.update(SESSION_COOKIE_NAME="poolwatch_single_sign_on", SESSION_COOKIE_SAMESITE="Lax")
    provider = _provider(server, known)

    @server.get(PROVIDER)
    def go() -> Response:
        session.clear()
        session["next"] = inside(request.args.get("next", "/"))
        try:
            there: Response = provider.authorize_redirect(request.host_url.rstrip("/") + BACK)
        except (AuthlibBaseError, OSError, ValueError, SingleSignOnRefused) as problem:
            return _failed(problem)
        return there

    @server.get(BACK)
    def back() -> Response:
        visit, target = visit_of(site), session.get("next", "/")
        try:
            claims = _claims(provider, known)
            session.clear()
            admitted = single_sign_on.enter(site.engine, known, claims, site.now(), visit)
        except (AuthlibBaseError, JoseError, OSError, ValueError) as problem:
            return _failed(problem)
        except PoolwatchError as problem:
            log.warning("single sign-on refused: %s", problem)
            single_sign_on.record_refusal(site.engine, problem, site.now(), visit)
            return refused(problem, door(problem_text(problem)), 403)
        return go_on(site, admitted, visit, target)

    def _failed(problem: Exception) -> Response:
        log.warning("single sign-on failed: %s", problem)
        said = SingleSignOnRefused(str(problem), "failed")
        single_sign_on.record_refusal(site.engine, said, site.now(), visit_of(site))
        return refused(said, door(problem_text(said)), 403)


def _claims(provider: Provider, known: SingleSignOn) -> dict[str, Any]:
    """What the provider says of who comes back, verified: signature, issuer, audience, time, nonce, state."""
    wanted = {
        "iss": {"essential": True, "value": known.issuer},
        "aud": {"essential": True, "value": known.client_id},
        "sub": {"essential": True},
    }
    found = provider.authorize_access_token(claims_options=wanted, leeway=SECONDS).get("userinfo")
    if not found:
        raise SingleSignOnRefused("no identity came with the answer", "failed")
    return dict(found)


class _Session(OAuth2Session):  # type: ignore[misc]
    """Waits for a while only, and goes where it is sent, not further."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.max_redirects = 0

    def request(self, *given: Any, **named: Any) -> Any:
        return super().request(*given, **{"timeout": SECONDS, **named})


class Provider(FlaskOAuth2App):  # type: ignore[misc]
    """The identity provider of an installation, asked for what it says of itself when it is first needed."""

    client_cls = _Session
    issuer = ""

    def load_server_metadata(self) -> dict[str, Any]:
        """Raises SingleSignOnRefused where the issuer says it is another, or would send us elsewhere."""
        found: dict[str, Any] = super().load_server_metadata()
        elsewhere = [name for name in ASKED if _origin(str(found.get(name))) != _origin(self.issuer)]
        if found.get("issuer") != self.issuer or elsewhere:
            found.pop("_loaded_at", None)  # asked again the next time
            raise SingleSignOnRefused(f"{self.issuer} is {found.get('issuer')!r}, elsewhere {elsewhere}", "failed")
        found["id_token_signing_alg_values_supported"] = SIGNED
        return found


def _origin(address: str) -> tuple[str, str]:
    parts = urlsplit(address)
    return parts.scheme, parts.netloc


class _StateCookie(SecureCookieSessionInterface):
    """What is remembered between going and coming back, in the person's own browser."""

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure


def _provider(server: Flask, known: SingleSignOn) -> Provider:
    made = OAuth(server).register(
        "provider",
        client_cls=Provider,
        client_id=known.client_id,
        client_secret=known.client_secret,
        server_metadata_url=known.issuer.rstrip("/") + "/.well-known/openid-configuration",
        client_kwargs={"scope": "openid profile", "code_challenge_method": "S256"},
    )
    assert isinstance(made, Provider)
    made.issuer = known.issuer
    return made
