"""A view that does nothing, on the same server: the unit that all requests are measured in."""

from flask import Flask


def create_app() -> Flask:
    """A hello-world application."""
    app = Flask("hello", static_folder=None)

    @app.get("/")
    def hello() -> str:
        return "Hello, World!"

    return app
