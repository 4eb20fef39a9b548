"""`python -m bench.elsewhere DEBS FOLDER`; with `--unjudged` it lists the answers that nobody has judged."""

import argparse
from pathlib import Path

from bench.elsewhere.asking import measure

parser = argparse.ArgumentParser("python -m bench.elsewhere")
parser.add_argument("debs", type=Path, help="where the packages of packages.toml lie")
parser.add_argument("folder", type=Path, help="what is made goes there, and is only asked the next time")
parser.add_argument("--unjudged", action="store_true", help="list the answers that nobody has judged, and nothing else")
given = parser.parse_args()
measure(given.debs, given.folder, list_unjudged=given.unjudged)
