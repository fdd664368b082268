"""What must hold after whatever happened: it happened once, whole, and the history says so."""

import hashlib
import json
import re
import zipfile
from collections import Counter

from place import Wrong

ACTIVATION = re.compile(r"_([0-9A-HJKMNP-TV-Z]{26})_(\d+)\.zip$", re.IGNORECASE)


def digest(data):
    return hashlib.sha256(data).hexdigest()


def require(holds, what):
    if not holds:
        raise Wrong(what)


def outcome(place, name):
    """All that a command leaves behind, such that two runs can be compared; raises where a promise does not hold."""
    if name == "init":
        return whole_vault(place)
    require(place.ask("history", "verify")["ok"] is True, "the history does not verify")
    systems = place.ask("system", "list")["systems"]
    lots = place.ask("wallet", "show", "acme")["lots"]
    keys = place.ask("key", "list")["keys"]
    require_nothing_unfinished(place)
    answers = published(place)
    require_live(systems, answers)
    require_all_licences(systems, lots, keys)
    found = {"systems": systems, "lots": lots, "keys": keys, "answers": answers, "shelves": shelves(place, name)}
    # An exchange that is run again refuses again what lies on the stick still: that is one more
    # entry.
    events = place.ask("history", "list")["entries"]
    if name == "exchange":
        found["events"] = [without_place(event) for event in events if event["event"] != "refused"]
        found["stick"] = on_the_stick(place, answers)
        found["answers"] = without_checkpoints(place)
    else:
        found["events"] = events
    return found


def without_place(event):
    """An entry without its number and the id of the exchange that copied the file: that may be the one that was cut off."""
    kept = {name: value for name, value in event.items() if name != "number"}
    return json.loads(re.sub(r"exchange-[0-9A-Z]{26}/", "", json.dumps(kept)))


def without_checkpoints(place):
    """The answers, but for the checkpoints in the bundles, which say how the whole history ends."""
    found = {}
    for path in sorted((place.path / "spool/outbox").rglob("*.zip")):
        with zipfile.ZipFile(path) as bundle:
            found[path.name] = {name: digest(bundle.read(name)) for name in bundle.namelist() if name != "checkpoint.json"}
    return found


def whole_vault(place):
    require(place.ask("history", "verify")["ok"] is True, "the history does not verify")
    require(place.ask("system", "list")["systems"] == [], "a new vault knows systems")
    require(place.ask("process", "--settle", "0")["batch"] is None, "a new vault answers nothing")
    names = sorted(path.name for path in place.path.iterdir())
    require(names == ["passphrase", "spool", "vault"], f"init left {names}")
    spool = sorted(path.name for path in (place.path / "spool").iterdir())
    require(spool == ["archive", "inbox", "outbox", "rejected", "work"], f"the spool holds {spool}")
    return "a vault"


def require_nothing_unfinished(place):
    left = [str(path) for path in (place.path / "spool/work").rglob("*")]
    # Whoever made a folder in the inbox may fill it again.
    left += [str(path) for path in (place.path / "spool/inbox").rglob("*") if not path.is_dir()]
    require(not left, f"not answered: {left}")
    halves = [str(path) for path in place.path.rglob("*.part")]
    require(not halves, f"half files: {halves}")


def published(place):
    """The files of the outbox by name, the manifests left out, each folder of it being what its manifest says."""
    answers = {}
    for folder in sorted((place.path / "spool/outbox").iterdir()):
        files = place.files(folder)
        lines, manifest = files.pop("manifest.jsonl", None), files.pop("manifest.json", None)
        require(lines is not None and manifest is not None, f"{folder.name} has no manifest")
        entries = [json.loads(line) for line in lines.splitlines()]
        told = {output["path"]: output["sha256"] for entry in entries for output in entry["outputs"]}
        require(told == {name: digest(data) for name, data in files.items()}, f"{folder.name} is not what its manifest says")
        for name, sha in told.items():
            require(answers.setdefault(name, sha) == sha, f"{name} was answered in two ways")
    return answers


def require_live(systems, answers):
    """Every live activation is in the outbox, and nothing newer."""
    newest = {}
    for name in answers:
        if match := ACTIVATION.search(name):
            newest[match[1]] = max(int(match[2]), newest.get(match[1], 0))
    live = {s["activation"]["id"]: s["activation"]["sequence"] for s in systems if s["state"] == "active"}
    ended = {s["activation"]["id"] for s in systems if s["state"] != "active" and s["activation"]}
    found = {id: sequence for id, sequence in newest.items() if id not in ended}
    given_up = {name.split("_")[1] for name in answers if name.endswith(".receipt.json")}
    found = {id: sequence for id, sequence in found.items() if id not in given_up}
    require(found == live, f"live are {live}, the outbox holds {found}")


def require_all_licences(systems, lots, keys):
    """Seats of the product that is licensed by the device: each system uses as many as it was granted, none twice."""
    for system in systems:
        if system["product"] == "desk" and system["state"] == "active":
            used = sum(seat["count"] for seat in system["seats"])
            require(used == system["activation"]["licences"]["seat"], f"{system['computer_name']} uses {used} seats")
    redeemed = sum(key["licences"].get("seat", 0) for key in keys if key["state"] == "redeemed")
    stored = sum(lot["count"] for lot in lots if lot["product"] == "desk")
    # An extension consumes a licence for another term of the same seat.
    extended = sum(s["activation"]["sequence"] - 1 for s in systems if s["product"] == "desk" and s["state"] == "active")
    used = sum(seat["count"] for s in systems if s["state"] == "active" for seat in s["seats"])
    require(redeemed == stored + used + extended, f"{redeemed} seats redeemed, {stored} stored, {used} used, {extended} extended")


def shelves(place, name):
    """How often each request lies in the archive or in `rejected/`; of a stick, only which."""
    found = Counter()
    for shelf in ("spool/archive", "spool/rejected"):
        for path, data in place.files(shelf).items():
            if ".refusal" not in path:
                found[digest(data)] += 1
    return sorted(found) if name == "exchange" else dict(found)


def on_the_stick(place, answers):
    """The answers on the stick by name: each as in the outbox."""
    found = {}
    for path, data in place.files("stick/answers").items():
        _, _, name = path.partition("/")
        if not name.startswith(("manifest.", "refused/")):
            require(answers.get(name) == digest(data), f"{path} on the stick is not what the outbox holds")
            found[name] = True
    return found
