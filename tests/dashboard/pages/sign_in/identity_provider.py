"""A real identity provider on loopback: Authlib's server side over HTTP, with keys of its own. A test makes it lie."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, ClassVar

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import ClientMixin, grants
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import AuthorizationCodeMixin, UserInfo
from authlib.oidc.core.grants import OpenIDCode
from flask import Flask, jsonify, redirect, request
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

CLIENT, SECRET = "poolwatch", "a secret of the tests"
KEY, OTHER_KEY = RSAKey.generate_key(2048, {"kid": "1"}), RSAKey.generate_key(2048, {"kid": "1"})


class Client(ClientMixin):  # type: ignore[misc]
    """The one client that is registered, with the one address it may come back to."""

    def __init__(self, back: str) -> None:
        self.back = back

    def get_client_id(self) -> str:
        return CLIENT

    def get_default_redirect_uri(self) -> str:
        return self.back

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri == self.back

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "client_secret_basic"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


@dataclass
class Code(AuthorizationCodeMixin):  # type: ignore[misc]
    code: str
    redirect_uri: str
    scope: str
    nonce: str
    code_challenge: str
    code_challenge_method: str
    auth_time: float

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str:
        return self.nonce

    def get_auth_time(self) -> float:
        return self.auth_time


@dataclass
class IdentityProvider:
    """``person`` is who sits there; ``lie`` makes of the claims of an identity what is sent; ``key`` signs; ``metadata`` is
    what it says of itself otherwise than it is; ``asked`` holds every path that was asked for; ``sends`` to where those are
    sent on that ask for a path."""

    back: str
    issuer: str = ""
    person: Mapping[str, Any] = field(default_factory=dict)
    lie: Callable[[dict[str, Any]], dict[str, Any]] = dict
    key: RSAKey = field(default_factory=lambda: KEY)
    metadata: Mapping[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    sends: Mapping[str, str] = field(default_factory=dict)
    codes: dict[str, Code] = field(default_factory=dict)

    def forget(self) -> None:
        """Tell the truth again."""
        self.lie, self.key, self.metadata, self.sends = dict, KEY, {}, {}


@contextmanager
def serving(back: str) -> Iterator[IdentityProvider]:
    """The provider, answering on a port of its own."""
    provider = IdentityProvider(back)
    app = _application(provider)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _application(provider: IdentityProvider) -> Flask:
    app = Flask("provider")
    client = Client(provider.back)
    server = AuthorizationServer(app, query_client=lambda one: client if one == CLIENT else None, save_token=_forgotten)
    server.register_grant(
        _code_grant(provider), [CodeChallenge(required=True), _identity(provider)(require_nonce=True)]
    )

    @app.before_request
    def note() -> Any:
        provider.asked.append(request.path)
        there = provider.sends.get(request.path)
        return redirect(there, 307) if there else None

    @app.get("/.well-known/openid-configuration")
    def metadata() -> Any:
        here = provider.issuer
        said: dict[str, Any] = {
            "issuer": here,
            "authorization_endpoint": f"{here}/authorize",
            "token_endpoint": f"{here}/token",
        }
        said |= {"jwks_uri": f"{here}/keys", "id_token_signing_alg_values_supported": ["none", "HS256", "RS256"]}
        return jsonify({**said, **provider.metadata})

    @app.get("/keys")
    def keys() -> Any:
        return jsonify({"keys": [KEY.as_dict(private=False)]})

    @app.get("/authorize")
    def authorize() -> Any:
        return server.create_authorization_response(grant_user=SimpleNamespace(**provider.person))

    @app.post("/token")
    def token() -> Any:
        return server.create_token_response()

    return app


def _forgotten(_token: object, _request: object) -> None:
    """Nothing is asked with the token afterwards."""


def _code_grant(provider: IdentityProvider) -> type[grants.AuthorizationCodeGrant]:
    class CodeGrant(grants.AuthorizationCodeGrant):  # type: ignore[misc]
        TOKEN_ENDPOINT_AUTH_METHODS: ClassVar = ["client_secret_basic"]

        def save_authorization_code(self, code: str, request: Any) -> None:
            sent = request.payload.data
            provider.codes[code] = Code(
                code,
                request.payload.redirect_uri,
                request.payload.scope,
                sent["nonce"],
                sent["code_challenge"],
                sent["code_challenge_method"],
                time.time(),
            )

        def query_authorization_code(self, code: str, client: Client) -> Code | None:
            return provider.codes.get(code)

        def delete_authorization_code(self, authorization_code: Code) -> None:
            provider.codes.pop(authorization_code.code)

        def authenticate_user(self, authorization_code: Code) -> SimpleNamespace:
            return SimpleNamespace(**provider.person)

    return CodeGrant


def _identity(provider: IdentityProvider) -> type[OpenIDCode]:
    class Identity(OpenIDCode):  # type: ignore[misc]
        def exists_nonce(self, nonce: str, request: Any) -> bool:
            return False

        def resolve_client_private_key(self, client: Client) -> RSAKey:
            return provider.key

        def get_client_algorithm(self, client: Client) -> str:
            return "RS256"

        def get_encode_header(self, client: Client) -> dict[str, str]:
            return {"alg": "RS256", "kid": "1"}

        def get_client_claims(self, client: Client) -> dict[str, Any]:
            return {"iss": provider.issuer, "aud": [CLIENT]}

        def generate_user_info(self, user: SimpleNamespace, scope: str) -> UserInfo:
            return UserInfo(vars(user))

        def encode_id_token(self, token: dict[str, Any], request: Any) -> str:
            """Signed for real, of what the test makes of the true claims."""
            whole = super().encode_id_token(token, request)
            claims = provider.lie(dict(jwt.decode(whole, provider.key).claims))
            return jwt.encode({"alg": "RS256", "kid": "1"}, claims, provider.key)

    return Identity
