"""/sign-in and /sign-out: the page of a sign-in link, and the session that its button opens."""

import asyncio
from collections.abc import Callable
from html import escape
from pathlib import Path
from string import Template

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.auth.origins import require_own_origin
from api.auth.signing import SESSION_COOKIE
from api.commands.deps import Deps
from api.commands.sign_in import sign_in_by_code, sign_in_by_token
from api.context.answers import status_of
from models.errors import InvalidRequest, ServiceError

PAGE = Template((Path(__file__).parent / "sign_in.html").read_text())
LEAD_LINK = "This link signs you in once. Press the button to go on."
LEAD_TOKEN = "Paste an API token to sign in, or open the sign-in link that Rolodock printed when it started."
CODE_FIELD = '<input type="hidden" name="code" value="{}">'
TOKEN_FIELD = '<label for="token">API token</label><input id="token" name="token" type="password" autocomplete="off" required>'


class SignInRoutes:
    """Opens and ends sessions."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps

    async def show(self, request: Request) -> Response:
        # A GET changes nothing: what looks at links in mails and chats beforehand must not use them up.
        return _page(code=request.query_params.get("code"))

    async def sign_in(self, request: Request) -> Response:
        try:
            require_own_origin(request.headers, self._deps.settings)
            async with request.form(max_files=0, max_fields=4) as form:
                verb, secret = _read_secret(form)
            cookie = await asyncio.to_thread(verb, self._deps, secret)
        except ServiceError as error:
            return _page(error=error.message, status=400 if isinstance(error, InvalidRequest) else status_of(error))
        response = RedirectResponse("/", status_code=303)
        response.set_cookie(
            SESSION_COOKIE,
            cookie,
            max_age=self._deps.signer.session_seconds,
            httponly=True,
            samesite="lax",
            secure=self._is_https,
        )
        return response

    async def sign_out(self, request: Request) -> Response:
        try:
            require_own_origin(request.headers, self._deps.settings)
        except ServiceError as error:
            return _page(error=error.message, status=status_of(error))
        response = RedirectResponse("/sign-in", status_code=303)
        response.delete_cookie(SESSION_COOKIE, httponly=True, samesite="lax", secure=self._is_https)
        return response

    @property
    def _is_https(self) -> bool:
        return self._deps.settings.public_url.startswith("https:")


def _read_secret(form: FormData) -> tuple[Callable[[Deps, str], str], str]:
    for name, verb in (("code", sign_in_by_code), ("token", sign_in_by_token)):
        value = form.get(name)
        if isinstance(value, str) and value:
            return verb, value
    raise InvalidRequest("Send the code of a sign-in link, or an API token.")


def _page(*, code: str | None = None, error: str | None = None, status: int = 200) -> Response:
    body = PAGE.substitute(
        error=f'<p class="error" role="alert">{escape(error)}</p>' if error else "",
        lead=LEAD_LINK if code else LEAD_TOKEN,
        field=CODE_FIELD.format(escape(code, quote=True)) if code else TOKEN_FIELD,
    )
    # The address holds a secret that still works: it must not be kept, nor told to other sites. A policy of no-referrer would go too
    # far: browsers then send the form itself with `Origin: null`, and it would be refused.
    return HTMLResponse(body, status, {"Cache-Control": "no-store", "Referrer-Policy": "same-origin"})
