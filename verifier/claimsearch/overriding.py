"""Long questions: a GET whose parameters come as a form by POST, since addresses have an end.

Google's clients send so what would make an address of more than 2,048 characters, with the header
`X-HTTP-Method-Override: GET`. The application meets the GET that was meant.
"""

from __future__ import annotations

import io
import string
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from verifier.claimsearch.errors import BELOW

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

LONGEST_FORM: Final = 64 * 1024
FORM: Final = "application/x-www-form-urlencoded"


class MethodOverride:
    """Wraps a WSGI application; what is longer than a question can be stays the POST it is."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        length = environ.get("CONTENT_LENGTH") or ""
        if _is_meant_as_get(environ) and length.isdecimal() and int(length[:9]) <= LONGEST_FORM:
            # Whatever bytes the form has, an address has none but these.
            form = quote(environ["wsgi.input"].read(int(length)), safe=string.punctuation)
            query = "&".join(filter(None, (environ.get("QUERY_STRING"), form)))
            environ |= {
                "REQUEST_METHOD": "GET",
                "QUERY_STRING": query,
                "CONTENT_LENGTH": "0",
                "wsgi.input": io.BytesIO(),
            }
            del environ["CONTENT_TYPE"]
        return self._app(environ, start)


def _is_meant_as_get(environ: WSGIEnvironment) -> bool:
    path: str = environ.get("PATH_INFO", "")
    meant = environ.get("HTTP_X_HTTP_METHOD_OVERRIDE", "").upper()
    media_type = environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
    is_form = (environ["REQUEST_METHOD"], media_type) == ("POST", FORM)
    return is_form and meant == "GET" and path.startswith(BELOW)
