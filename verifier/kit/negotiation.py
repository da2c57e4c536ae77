"""One resource in several media types, as `Accept` asks (RFC 9110, section 12.5.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Response, request
from werkzeug.datastructures import MIMEAccept

if TYPE_CHECKING:
    from collections.abc import Callable

    Writer = Callable[[str], Response]

JSON: Final = "application/json"


class Forms:
    """What a resource can be read as besides JSON, which also is for whoever asks for none of it.

    The capability that has the resource declares its forms; one above it may say how to write one.
    """

    def __init__(self, *media_types: str) -> None:
        self.media_types = media_types
        self._writers: dict[str, Writer] = {}

    def written(self, media_type: str) -> Callable[[Writer], Writer]:
        """Have a function, which takes the resource's id, answer in this media type."""

        def decorator(writer: Writer) -> Writer:
            self._writers[media_type] = writer
            return writer

        return decorator

    def writer(self) -> Writer | None:
        """Who answers the present request; None where JSON does."""
        if not request.accept_mimetypes:
            return None
        # Parameters, such as a profile, ask for nothing that there is.
        wanted = MIMEAccept(
            (given.partition(";")[0].strip(), quality)
            for given, quality in request.accept_mimetypes
        )
        return self._writers.get(wanted.best_match((JSON, *self.media_types)) or JSON)

    def offered(self, answer: Response) -> Response:
        """The answer, which says that there are others and what it depends on."""
        answer.vary.add("Accept")
        for media_type in (JSON, *self.media_types):
            if media_type != answer.mimetype:
                link = f'<{request.path}>; rel="alternate"; type="{media_type}"'
                answer.headers.add("Link", link)
        return answer
