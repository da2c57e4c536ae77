"""The WSGI application for any server: `gunicorn wsgi:app`, mod_wsgi, …"""

from verifier.app import create_app_from_env

app = create_app_from_env()
