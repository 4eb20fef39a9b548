"""Runs commands: in this process on the test's own instance, or as a process of its own."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from repository.cli import make_group
from repository.console import Console
from repository.work import Services

ROOT = Path(__file__).parents[3]


@pytest.fixture
def run(services: Services) -> Callable[..., Result]:
    """Run a command on the test's instance; the result has exit_code, stdout and stderr."""

    def run(*words: str, stdin: str = "") -> Result:
        return CliRunner().invoke(make_group(services.hook), words, obj=Console(lambda: services), input=stdin)

    return run


@pytest.fixture
def start(services: Services) -> Iterator[Callable[..., "subprocess.Popen[str]"]]:
    """Start a command as a process of its own on the test's instance; it is killed at the end if it still runs."""
    started: list[subprocess.Popen[str]] = []

    def start(*words: str, **environment: str) -> "subprocess.Popen[str]":
        plain = {name: value for name, value in os.environ.items() if not name.startswith("REPOSITORY_")}
        own = {"REPOSITORY_INSTANCE": str(services.instance), "REPOSITORY_PLUGINS": "", "PYTHONUNBUFFERED": "1"}
        known = plain | own | environment
        process = subprocess.Popen(
            [sys.executable, "-m", "repository", *words],
            cwd=ROOT,
            env=known,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()
