"""One maker per format; each takes a DemoFile and a path, and writes the same bytes every time."""
