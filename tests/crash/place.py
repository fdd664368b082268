"""A vault, a spool and a stick in one folder, and the programs that work on them."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
SIGNER = Path(os.environ.get("KEYSPOOL_BIN", TARGET / "debug" / "keyspool")).absolute()
DEVICE = Path(os.environ.get("KEYSPOOL_DEVICE_BIN", TARGET / "debug" / "keyspool-device")).absolute()
START = "2024-03-01T09:00:00Z"
LICENCE_KEY = re.compile(r"\b[0-9A-Z]{5}(-[0-9A-Z]{5}){4}\b")
# No command of the tests takes a second: one that takes this long hangs, also where the machine was
# busy or stopped meanwhile.
DEADLINE_SECONDS = 600


class Wrong(Exception):
    """A promise that does not hold."""


class Said:
    """What a command said."""

    def __init__(self, arguments, run):
        self.arguments, self.code = arguments, run.returncode
        self.out, self.err = run.stdout.decode("utf-8", "replace"), run.stderr.decode("utf-8", "replace")

    @property
    def json(self):
        try:
            return json.loads(self.out)
        except ValueError:
            raise Wrong(f"not one JSON document\n{self}") from None

    @property
    def error_code(self):
        return self.json.get("error", {}).get("code")

    def __str__(self):
        said = f"exit {self.code}\n{self.out[:2000]}\n{self.err[:2000]}"
        return f"keyspool {' '.join(self.arguments)}\n{LICENCE_KEY.sub('[a licence key]', said)}"


class Place:
    """The folder of one test. The clock stands still."""

    def __init__(self, path, clock=START):
        self.path, self.clock = Path(path), clock

    @classmethod
    def new(cls, path):
        place = cls(path)
        place.path.mkdir(parents=True)
        secret = place.path / "passphrase"
        secret.write_text("a passphrase of the crash tests\n")
        secret.chmod(0o600)
        return place

    def copy(self, path):
        shutil.copytree(self.path, path, symlinks=True)
        return Place(path, self.clock)

    def remove(self):
        shutil.rmtree(self.path, ignore_errors=True)

    def environment(self, seed=None):
        variables = {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "KEYSPOOL_TEST_CLOCK": self.clock,
            "KEYSPOOL_VAULT": str(self.path / "vault"),
            "KEYSPOOL_SPOOL": str(self.path / "spool"),
            "KEYSPOOL_PASSPHRASE_FILE": str(self.path / "passphrase"),
        }
        return variables | ({"KEYSPOOL_TEST_SEED": seed} if seed else {})

    def run(self, arguments, seed=None, before=()):
        """Runs the signer, `before` being what goes before it on the command line."""
        arguments = [argument.replace("{here}", str(self.path)) for argument in arguments]
        try:
            run = subprocess.run(
                [*before, str(SIGNER), *arguments, "--json"],
                env=self.environment(seed),
                cwd=self.path,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=DEADLINE_SECONDS,
            )
        except subprocess.TimeoutExpired:
            raise Wrong(f"{' '.join(arguments)} hangs") from None
        return Said(arguments, run)

    def ask(self, *arguments):
        """What a command that must succeed answers."""
        said = self.run(arguments)
        if said.code != 0:
            raise Wrong(f"it should have succeeded:\n{said}")
        return said.json

    def device(self, name, *arguments):
        """Runs a device's tool."""
        parts = [f"--component={part}={part}-of-{name}" for part in ("board", "machine", "mac")]
        command = [str(DEVICE), "--state", str(self.path / "devices" / name), *parts, *arguments]
        run = subprocess.run(command, env=self.environment(), cwd=self.path, stdin=subprocess.DEVNULL, capture_output=True)
        if run.returncode != 0:
            raise Wrong(f"{command}: {run.stderr.decode()}")

    def files(self, folder):
        """Files beneath a folder, by their paths relative to it, with their bytes."""
        top = self.path / folder
        return {str(path.relative_to(top)): path.read_bytes() for path in sorted(top.rglob("*")) if path.is_file()}
