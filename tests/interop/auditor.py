"""An auditor of what a Keyspool signer put out, written from the protocol page alone.

    python3 auditor.py --root KEY --history EXPORT BATCH...

KEY is the root public key in base64, EXPORT the output of `keyspool history export`, each BATCH a
folder of the outbox. The trust list is taken from the batches' bundles and walked from the root.
"""

import argparse
import sys
from datetime import datetime
from pathlib import Path

import device
from device import Envelope, read_json, sha256

OUTCOMES = (
    "activated", "extended", "refreshed", "deactivated", "confirmed", "refused", "repeated",
)


class Finding(AssertionError):
    """Something that does not hold."""


def require(holds, text):
    if not holds:
        raise Finding(text)


# --- section 9: history -----------------------------------------------------------------------


def heads(entries):
    """head_0 to head_n, in hex, of the entries' bytes."""
    head = sha256(b"keyspool/history/v1")
    found = [head.hex()]
    for entry in entries:
        head = sha256(head + sha256(entry))
        found.append(head.hex())
    return found


def entries_of_export(data):
    """The entries of `history export`: each line one strict JSON object, without its line feed."""
    require(data.endswith(b"\n") or not data, "the last entry of the history has no line feed")
    entries = data.split(b"\n")[:-1]
    for number, entry in enumerate(entries, 1):
        require(entry.startswith(b"{"), f"history entry {number} is not a JSON object")
        try:
            read_json(entry)
        except device.DocumentError as error:
            raise Finding(f"history entry {number}: {error}") from None
    return entries


def check_in_history(checkpoint, all_heads, what):
    size = checkpoint["size"]
    require(0 < size < len(all_heads), f"{what}: checkpoint of size {size} is not in the history")
    require(all_heads[size] == checkpoint["head"], f"{what}: head {size} is not the history's")


# --- section 8: bundles -----------------------------------------------------------------------


def dos_time(issued_at):
    """DOS time and date of a time stamp, rounded down to two seconds."""
    at = datetime.strptime(issued_at, "%Y-%m-%dT%H:%M:%SZ")
    at = min(at, datetime(2107, 12, 31, 23, 59, 58))
    if at.date() == datetime(2107, 12, 31).date():
        at = datetime(2107, 12, 31, 23, 59, 58)
    return (
        at.hour << 11 | at.minute << 5 | at.second // 2,
        (at.year - 1980) << 9 | at.month << 5 | at.day,
    )


def check_bundle(data, trust_list, file_name=None):
    """Checks one zip and returns its activation and checkpoint payloads."""
    entries = device.read_zip(data)
    names = [entry.name for entry in entries]
    order = [n for n in device.ENTRY_NAMES if n in names]
    require(names == order, f"bundle: entries {names} are not in the order of the page")
    missing = [n for n in device.ENTRY_NAMES[:5] if n not in names]
    require(not missing, f"bundle: {missing} missing")
    content = device.read_bundle(data)
    activation = trust_list.read(Envelope.from_json(content["activation.json"]), "activation")
    checkpoint = trust_list.read(Envelope.from_json(content["checkpoint.json"]), "checkpoint")
    require(
        Envelope.from_json(content["trust-list.json"]).kind == "trust-list",
        "bundle: trust-list.json is another document",
    )
    stamp = dos_time(activation["issued_at"])
    for entry in entries:
        require(
            (entry.dos_time, entry.dos_date) == stamp,
            f"bundle: time of {entry.name} is not issued_at rounded down",
        )
    require(content["README.txt"].strip(), "bundle: README.txt is empty")
    content["README.txt"].decode("utf-8")
    check_picture(content["qr.png"], content["activation.json"], "qr.png")
    if "trust-list.png" in content:
        check_picture(content["trust-list.png"], content["trust-list.json"], "trust-list.png")
    if file_name is not None:
        stem = device.answer_stem(activation, activation["computer_name"])
        require(file_name == stem + ".zip", f"bundle: named {file_name}, not {stem}.zip")
    return activation, checkpoint


def check_picture(picture, document, what):
    """The picture carries the same signed bytes as the file."""
    lines = device.lines_of_picture(picture)
    require(lines, f"{what}: no QR code that another reader finds")
    found = device.join_qr(lines)
    require(found == [Envelope.from_json(document)], f"{what}: not the signed bytes of the file")


def documents_of(data):
    """The three envelopes of a bundle: what a repeated answer repeats byte for byte for ever."""
    content = device.read_bundle(data)
    return {name: content[name] for name in device.ENVELOPE_ENTRIES}


# --- section 5.5: manifests -------------------------------------------------------------------


class Batch:
    """A folder of the outbox whose manifest, entries and outputs were checked.

    What does not hold is raised as a Finding, or told to `report` where that is given.
    """

    def __init__(self, folder, trust_list, report=None):
        self.folder, self._report = Path(folder), report
        envelope = Envelope.from_json((self.folder / "manifest.json").read_bytes())
        self.manifest = trust_list.read(envelope, "manifest")
        lines = (self.folder / "manifest.jsonl").read_bytes()
        self._require(
            sha256(lines).hex() == self.manifest["entries_sha256"],
            "manifest: entries_sha256 is not that of manifest.jsonl",
        )
        ended = lines.endswith(b"\n") or not lines
        self._require(ended, "manifest.jsonl: the last line has no line feed")
        self.entries = [read_json(line) for line in lines.split(b"\n")[:-1]]
        counted = self.manifest["count"] == len(self.entries)
        self._require(counted, "manifest: count is not that of the lines")
        self._require(
            self.folder.name.endswith(self.manifest["batch"]),
            "manifest: batch is not the folder's",
        )
        for entry in self.entries:
            self._check_entry(entry)

    def _require(self, holds, text):
        if self._report is None:
            require(holds, text)
        elif not holds:
            self._report(text)

    def _check_entry(self, entry):
        what = f"manifest entry {entry.get('file')!r}"
        for name in ("file", "digest", "outcome", "outputs"):
            self._require(name in entry, f"{what}: {name} is missing")
        self._require(None not in entry.values(), f"{what}: null member")
        self._require(entry["outcome"] in OUTCOMES, f"{what}: outcome {entry['outcome']}")
        refused = entry["outcome"] == "refused"
        self._require(refused == ("refusal" in entry), f"{what}: refusal and outcome do not agree")
        self._require(not (refused and entry["outputs"]), f"{what}: a refusal with outputs")
        if refused:
            for name in ("code", "message", "remedy"):
                self._require(entry["refusal"].get(name), f"{what}: refusal without {name}")
        for output in entry["outputs"]:
            self._check_output(output, what)

    def _check_output(self, output, what):
        path = self.folder / output["path"]
        self._require(
            path.resolve().is_relative_to(self.folder.resolve()),
            f"{what}: output outside the batch",
        )
        digest = sha256(path.read_bytes()).hex() if path.is_file() else None
        self._require(digest is not None, f"{what}: output {output['path']} does not exist")
        self._require(
            digest in (None, output["sha256"]),
            f"{what}: output {output['path']} has another sha256",
        )

    def outputs(self, suffix, request=None):
        """The distinct output files with a suffix, of one request or of all."""
        found = []
        for entry in self.entries:
            if request is not None and entry.get("request") != request:
                continue
            for output in entry["outputs"]:
                path = self.folder / output["path"]
                if path.name.endswith(suffix) and path not in found:
                    found.append(path)
        return found

    def check_bundles(self, trust_list):
        """Checks every zip; returns the payload pairs by path."""
        found = {}
        for path in self.outputs(".zip"):
            relative = str(path.relative_to(self.folder))
            try:
                found[relative] = self._check_bundle(path, trust_list)
            except Finding as finding:
                self._require(False, str(finding))
        for path in self.outputs(".receipt.json"):
            receipt = trust_list.read(Envelope.from_json(path.read_bytes()), "receipt")
            tail = f"_{receipt['activation_id']}_{receipt['sequence']}.receipt.json"
            self._require(path.name.endswith(tail), f"{path.name}: not named by its activation")
        return found

    def _check_bundle(self, path, trust_list):
        data, picture = path.read_bytes(), path.with_suffix(".png")
        activation, checkpoint = check_bundle(data, trust_list, path.name)
        folder = path.relative_to(self.folder).parts[0]
        require(folder == activation["organization"], f"{path.name}: not under its organization")
        require(picture.is_file(), f"{path.name}: no picture beside the bundle")
        document = device.read_bundle(data)["activation.json"]
        check_picture(picture.read_bytes(), document, picture.name)
        return activation, checkpoint


def check_repeats(batches):
    """Every answer to one request carries the same documents, byte for byte, in all batches."""
    first = {}
    for batch in batches:
        for entry in batch.entries:
            for output in entry["outputs"]:
                path = batch.folder / output["path"]
                if path.suffix not in (".zip", ".json"):
                    continue
                data = path.read_bytes()
                documents = documents_of(data) if path.suffix == ".zip" else data
                known = first.setdefault((entry["request"], path.name), documents)
                require(known == documents, f"{path.name}: a repeated answer with other documents")


def newest_trust_list(bundles, root):
    """The newest list of some bundles, walked from the root."""
    newest = None
    for data in bundles:
        envelope = Envelope.from_json(documents_of(data)["trust-list.json"])
        found = device.TrustList(envelope, root)
        if newest is None or found.version > newest.version:
            newest = found
    require(newest is not None, "no bundle, so no trust list")
    return newest


def main(arguments=None, say=print):
    parser = argparse.ArgumentParser(description="audits batches of a Keyspool outbox")
    parser.add_argument("--root", required=True, help="root public key, base64")
    parser.add_argument("--history", type=Path, help="output of `keyspool history export`")
    parser.add_argument("batches", nargs="+", type=Path)
    options = parser.parse_args(arguments)
    root = device.unb64(options.root, "root", 32)
    try:
        bundles = [p.read_bytes() for b in options.batches for p in sorted(b.rglob("*.zip"))]
        trust_list = newest_trust_list(bundles, root)
        all_heads = options.history and heads(entries_of_export(options.history.read_bytes()))
        batches = [Batch(folder, trust_list) for folder in options.batches]
        check_repeats(batches)
        for folder, batch in zip(options.batches, batches):
            pairs = batch.check_bundles(trust_list)
            if all_heads:
                check_in_history(batch.manifest["checkpoint"], all_heads, folder.name)
                for path, (_, checkpoint) in pairs.items():
                    check_in_history(checkpoint, all_heads, path)
            say(f"{folder.name}: {len(batch.entries)} entries, {len(pairs)} bundles, good")
    except (Finding, device.DocumentError, device.Refused, OSError) as error:
        print(f"not good: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
