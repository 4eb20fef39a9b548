"""The core of Partilha: it stores, indexes and finds; everything else is a plugin."""
