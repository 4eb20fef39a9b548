"""The application for a WSGI server: `waitress-serve wsgi:app`, `flask --app wsgi …`."""

from repository.app import create_app
from repository.cli import register

app = create_app()
register(app)
