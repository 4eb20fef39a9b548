"""The application for a WSGI server: `waitress-serve wsgi:app`, `flask --app wsgi …`."""

import atexit

from repository.app import create_app
from repository.cli import register
from repository.counting import Writer

app = create_app()
counting = Writer(app.extensions["repository"])
counting.start()
app.extensions["repository"].search.preload()
atexit.register(counting.stop)
register(app)
