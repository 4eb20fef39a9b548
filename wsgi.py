"""The application for a WSGI server: `waitress-serve wsgi:app`, `flask --app wsgi …`."""

import atexit

from repository.app import create_app
from repository.cli import register
from repository.counting import Writer
from repository.web.keeping_up import KeepingUp

app = create_app()
counting, keeping_up = Writer(app.extensions["repository"]), KeepingUp(app)
counting.start()
keeping_up.start()
atexit.register(counting.stop)
atexit.register(keeping_up.stop)
app.extensions["repository"].search.preload()
register(app)
