"""The core of Partilha: it stores, indexes and finds; everything else is a plugin."""

__version__ = "0.1.0"
