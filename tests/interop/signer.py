"""Drives the real signer through its command line; every batch it makes is audited."""

import atexit
import copy
import json
import os
import random
import re
import shutil
import subprocess
import unittest
import tempfile
import threading
from datetime import datetime, timedelta
from pathlib import Path

import auditor
import device
from device import Envelope
from places import program

SEED = int(os.environ.get("KEYSPOOL_INTEROP_SEED", "20261122"))
START = "2026-11-22T05:00:00Z"
CLOCK = "%Y-%m-%dT%H:%M:%SZ"
TIMEOUT_SECONDS = 300

CATALOGUE = {
    "organizations": [
        {"id": "acme", "name": "Acme", "language": "en", "contact": "licences@acme.example"},
        {"id": "globex", "name": "Globex"},
    ],
    "products": [
        {
            "id": name,
            "name": f"Desk {name}",
            "model": "device-subscription",
            "licence_types": [{"id": "seat", "name": "Seat"}, {"id": "module", "name": "Module"}],
        }
        | settings
        for name, settings in (
            ("desk", {"registration": "vouched"}),
            ("desk-open", {"registration": "open"}),
            ("desk-approved", {"registration": "approved"}),
            ("typed", {"computer_keys": True, "grace_days": 30, "extensions": {"edition": "pro"}}),
        )
    ],
}


# What the audit of any batch found, told once at the end: one nit must not hide all other tests.
FINDINGS = set()


def after(clock, **delta):
    return (datetime.strptime(clock, CLOCK) + timedelta(**delta)).strftime(CLOCK)


class Result:
    """What one run of the program gave."""

    def __init__(self, arguments, run, hide):
        self.arguments, self.exit = arguments, run.returncode
        self.stdout, self.stderr, self._hide = run.stdout, run.stderr, hide

    @property
    def json(self):
        try:
            return json.loads(self.stdout)
        except ValueError:
            raise AssertionError(f"stdout is not one JSON document\n{self}") from None

    @property
    def error_code(self):
        return (self.json.get("error") or {}).get("code")

    def __str__(self):
        out = self.stdout.decode("utf-8", "backslashreplace")
        err = self.stderr.decode("utf-8", "backslashreplace")
        told = (
            f"  command: keyspool {' '.join(map(str, self.arguments))}\n"
            f"  exit code: {self.exit}\n  stdout: {out[:3000]}\n  stderr: {err[:3000]}"
        )
        return self._hide(told)


class Processed:
    """One answered batch: its entries, its audited folder, and its verified refusals."""

    def __init__(self, result, signer):
        self.result = result
        document = result.json
        self.batch, self.entries = document["batch"], document["entries"]
        self.audit, self.bundles, self.refusals = None, {}, []
        if self.batch is None:
            assert self.entries == [], f"entries without a batch\n{result}"
            return
        folders = list((signer.spool / "outbox").glob(f"*-{self.batch}"))
        assert len(folders) == 1, f"{len(folders)} outbox folders for the batch\n{result}"
        self.folder = folders[0]
        if signer.trust_list is None:
            zips = [p.read_bytes() for p in self.folder.rglob("*.zip")]
            signer.trust_list = auditor.newest_trust_list(zips, signer.root)
        signer.learn(self.folder)
        self.audit = auditor.Batch(self.folder, signer.trust_list, FINDINGS.add)
        if self.audit.entries != self.entries:
            FINDINGS.add("the entries of process --json are not the lines of manifest.jsonl")
        self.bundles = self.audit.check_bundles(signer.trust_list)
        self._read_refusals(signer)

    def _read_refusals(self, signer):
        for path in (signer.spool / "rejected").glob(f"*-{self.batch}/**/*.refusal.json"):
            refusal = signer.trust_list.read(Envelope.from_json(path.read_bytes()), "refusal")
            self.refusals.append(refusal)
            talk = path.with_name(path.name.removesuffix(".json") + ".txt")
            if not talk.is_file():
                FINDINGS.add(f"no {talk.name} beside the signed refusal")
        expected = sorted((e["file"], e["refusal"]["code"]) for e in self.entries if "refusal" in e)
        found = sorted((r["file"], r["code"]) for r in self.refusals)
        assert found == expected, f"signed refusals {found} for {expected}\n{self.result}"

    def __str__(self):
        told = [
            f"{e['file']}: {e['outcome']} {e.get('refusal', {}).get('code', '')}"
            for e in self.entries
        ]
        return "; ".join(told) + f"\n{self.result}"

    def entries_of(self, request):
        return [e for e in self.entries if e.get("request") == request.document_id()]

    def outcome(self, request):
        """The single outcome of a request in this batch; refusals by their code."""
        found = self.entries_of(request)
        assert len(found) == 1, f"{len(found)} entries for the request\n{self}"
        return found[0].get("refusal", {}).get("code") or found[0]["outcome"]

    def code(self, file):
        """The refusal code, or the outcome, of a file of the inbox."""
        found = {e.get("refusal", {}).get("code") or e["outcome"] for e in self.entries
                 if e["file"] == file}
        assert len(found) == 1, f"outcomes {found} for {file}\n{self}"
        return found.pop()

    def output(self, request, suffix):
        """The one output of a request with this suffix."""
        found = self.audit.outputs(suffix, request.document_id())
        assert len(found) == 1, f"{len(found)} outputs *{suffix} for the request\n{self}"
        return found[0]

    def bundle(self, request):
        return self.output(request, ".zip").read_bytes()


class Signer:
    """A vault and a spool in a folder of their own, with a clock that only tests move."""

    def __init__(self, folder):
        self.folder, self.clock = Path(folder), START
        self.root, self.trust_list, self.secrets = None, None, set()

    vault = property(lambda self: self.folder / "vault")
    spool = property(lambda self: self.folder / "spool")
    inbox = property(lambda self: self.spool / "inbox")
    passphrase_file = property(lambda self: self.folder / "passphrase")

    def hide(self, told):
        for secret in self.secrets:
            told = told.replace(secret, "(secret)")
        return told

    def pass_time(self, **delta):
        self.clock = after(self.clock, **delta)

    def run(self, *arguments, exits=(0,), as_json=True):
        """Runs the program; an exit code that is not expected fails with all that it said."""
        command = ["--vault", self.vault, "--spool", self.spool]
        command += ["--passphrase-file", self.passphrase_file]
        command += ["--json"] if as_json else []
        command += list(arguments)
        own = ("KEYSPOOL_VAULT", "KEYSPOOL_SPOOL", "KEYSPOOL_PASSPHRASE_FILE")
        environment = {k: v for k, v in os.environ.items() if k not in own}
        environment |= {"KEYSPOOL_TEST_CLOCK": self.clock, "LC_ALL": "C.UTF-8"}
        run = subprocess.run(
            [program(), *map(str, command)], env=environment, stdin=subprocess.DEVNULL,
            capture_output=True, timeout=TIMEOUT_SECONDS, check=False,
        )
        result = Result(arguments, run, self.hide)
        if exits is not None and result.exit not in exits:
            raise AssertionError(f"exit code {result.exit}, expected {exits}\n{result}")
        return result

    def has(self, *command):
        """Whether this edition of the program knows a command."""
        return self.run(*command, "--help", exits=None, as_json=False).exit == 0

    def need(self, *command):
        """Skips the test where this edition of the program does not know a command yet."""
        if not self.has(*command):
            raise unittest.SkipTest(f"no command {' '.join(command)}")

    def drop(self, name, data):
        """Puts a file into the inbox, with a time stamp of the test's clock."""
        path = self.inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.to_json() if isinstance(data, Envelope) else data)
        stamp = (datetime.strptime(self.clock, CLOCK) - datetime(1970, 1, 1)).total_seconds()
        os.utime(path, (stamp, stamp))

    def process(self, *arguments, exits=(0,)):
        return Processed(self.run("process", "--settle", "0", *arguments, exits=exits), self)

    def answer(self, request, name="request.json", exits=(0,), arguments=()):
        """Drops one request and processes it; the clock goes on by a minute."""
        self.pass_time(minutes=1)
        self.drop(name, request)
        return self.process(*arguments, exits=exits)

    def in_inbox(self):
        return sorted(str(p.relative_to(self.inbox)) for p in self.inbox.rglob("*") if p.is_file())

    def learn(self, folder):
        """A newer trust list in a batch is walked to from the root."""
        for path in folder.rglob("*.zip"):
            found = auditor.newest_trust_list([path.read_bytes()], self.root)
            if found.version > self.trust_list.version:
                self.trust_list = found

    def mint(self, product, licences, count=1, organization=None):
        arguments = ["key", "mint", product, "--licences", licences, "--count", count]
        arguments += ["--organization", organization] if organization else []
        keys = [k["key"] for k in self.run(*arguments).json["keys"]]
        assert len(keys) == count, f"{len(keys)} keys minted"
        for key in keys:
            device.canonical_code(device.LICENCE_KEY, key, "minted key")
        self.secrets.update(keys)
        return keys

    def lots(self, product="desk", organization="acme"):
        """The wallet's lots of a product, without their order."""
        shown = self.run("wallet", "show", organization).json
        assert shown["organization"] == organization, shown
        lots = [lot for lot in shown["lots"] if lot["product"] == product and lot["count"]]
        return sorted(lots, key=lambda lot: json.dumps(lot, sort_keys=True))

    def seats(self, product="desk", organization="acme"):
        return sum(lot["count"] for lot in self.lots(product, organization))

    def device(self, name, product="desk", organization="acme"):
        secret = device.sha256(f"{SEED}/{name}/{product}".encode())
        raw = {part: f"{part} of {name}" for part in ("board", "disk", "mac")}
        types = ("seat", "module")
        return device.Device(secret, organization, product, name, raw, self.root, types)

    def history(self):
        return self.run("history", "export", as_json=False).stdout


class Base:
    """One initialised vault, made once and copied for each test."""

    _lock, _made = threading.Lock(), None

    def __init__(self):
        if not program().is_file():
            raise FileNotFoundError("no program to test: build it, or name it in KEYSPOOL_BIN")
        self.folder = Path(tempfile.mkdtemp(prefix="keyspool-interop-"))
        atexit.register(shutil.rmtree, self.folder, ignore_errors=True)
        self.signer = signer = Signer(self.folder / "base")
        signer.folder.mkdir()
        passphrase = device.sha256(b"passphrase %d" % SEED).hex()[:24]
        signer.secrets.add(passphrase)
        signer.passphrase_file.write_text(passphrase + "\n")
        signer.passphrase_file.chmod(0o600)
        self.init = signer.run("init").json
        signer.root = root_key(self.init["root_public_key"])
        catalogue = signer.folder / "catalogue.json"
        catalogue.write_text(json.dumps(CATALOGUE, indent=1))
        signer.run("catalogue", "apply", "--yes", catalogue)
        self.keys = {
            "desk": signer.mint("desk", "seat=1", 8),
            "two": signer.mint("desk", "seat=2"),
            "globex": signer.mint("desk", "seat=1", organization="globex"),
            "open": signer.mint("desk-open", "seat=1", 2),
            "approved": signer.mint("desk-approved", "seat=1"),
            "typed": signer.mint("typed", "seat=2,module=3"),
        }
        self.first = signer.device("first")
        self.first_request = self.first.describe(
            signer.clock, {"seat": 1}, keys=[self.keys["desk"].pop(0)]
        )
        signer.drop("first.json", self.first_request)
        self.first_processed = signer.process()
        self.first_bundle = self.first_processed.bundle(self.first_request)
        self.first.install_bundle(self.first_bundle)

    @classmethod
    def get(cls):
        """The shared vault; a failure to make it is told to every test that needs it."""
        with cls._lock:
            if cls._made is None:
                try:
                    cls._made = cls()
                except Exception as error:  # told again, by each test
                    cls._made = error
        if isinstance(cls._made, Exception):
            raise AssertionError(f"no vault to test with: {cls._made}")
        return cls._made

    def copy(self):
        """A signer of its own, and the first device, as they stood after the first batch."""
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        signer = Signer(folder / "signer")
        shutil.copytree(self.signer.folder, signer.folder)
        signer.clock = after(START, hours=1)
        signer.root, signer.trust_list = self.signer.root, self.signer.trust_list
        signer.secrets = set(self.signer.secrets)
        return signer, copy.deepcopy(self.first), copy.deepcopy(self.keys)


def root_key(printed):
    """The root public key as `init` prints it: base64, or hex."""
    if re.fullmatch(r"[0-9a-f]{64}", printed):
        return bytes.fromhex(printed)
    return device.unb64(printed, "root_public_key", 32)


def shuffler(name):
    return random.Random(f"{SEED}/{name}")


def without_chance(shown):
    """What a command shows, but for ULIDs and hashes, which differ from vault to vault."""
    told = json.dumps(shown, sort_keys=True)
    told = re.sub(r"\b[0-7][0-9A-HJKMNP-TV-Z]{25}\b", "ULID", told)
    return re.sub(r"\b[0-9a-f]{64}\b", "HASH", told)
