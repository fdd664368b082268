"""What is killed: each command with the place that it works on."""

import json
from pathlib import Path

from place import Place, Wrong

CATALOGUE = {
    "organizations": [{"id": "acme", "name": "Acme", "contact": "licences@acme.example"}],
    "products": [
        {
            "id": "desk",
            "name": "Desk",
            "model": "device-subscription",
            "licence_types": [{"id": "seat", "name": "Seat"}],
        },
        {
            "id": "video",
            "name": "Video",
            "model": "pooled-subscription",
            "registration": "open",
            "auto_assign": False,
            "licence_types": [{"id": "core", "name": "Core"}],
        },
    ],
}


def mint(place, product, licences, *more):
    return place.ask("key", "mint", product, "--licences", licences, *more)["keys"][0]["key"]


def make_vault(path):
    place = Place.new(path)
    root = place.ask("init", "--operator", "crash-test")["root_public_key"]
    (place.path / "catalogue.json").write_text(json.dumps(CATALOGUE))
    place.ask("catalogue", "apply", "catalogue.json", "--yes")
    return place, root


def make_device(place, root, name, product):
    place.device(name, "init", "--root", root, "--organization", "acme", "--product", product, "--name", name)


def answered(place, name):
    """Answers the inbox, and installs the bundle of this device."""
    said = place.run(["process", "--settle", "0"])
    outputs = [output["path"] for entry in said.json["entries"] for output in entry["outputs"]]
    [bundle] = [path for path in outputs if path.endswith(".zip") and f"{name}_" in path]
    [folder] = (place.path / "spool/outbox").glob(f"*-{said.json['batch']}")
    place.device(name, "install", str(folder / bundle))


def activated(place, root, name):
    make_device(place, root, name, "desk")
    place.device(name, "describe", "--need=seat=1", "--redeem", mint(place, "desk", "seat=1"), "--out", f"spool/inbox/{name}.json")
    answered(place, name)


def write_requests(place, root, folder):
    """One of each: activate, extend, deactivate, confirm; two that are refused; one file twice."""
    for name in ("extending", "leaving", "arrived"):
        activated(place, root, name)
    (place.path / folder / "acme").mkdir(parents=True, exist_ok=True)
    make_device(place, root, "coming", "desk")
    key = mint(place, "desk", "seat=1")
    place.device("coming", "describe", "--need=seat=1", "--redeem", key, "--out", f"{folder}/acme/coming.json")
    key = mint(place, "desk", "seat=1")
    place.device("extending", "describe", "--request=extend", "--redeem", key, "--out", f"{folder}/extending.json")
    place.device("leaving", "deactivate", "--reason=moved", "--yes", "--out", f"{folder}/leaving.json")
    place.device("arrived", "confirm", "--out", f"{folder}/arrived.json")
    make_device(place, root, "stranger", "desk")
    place.device("stranger", "describe", "--need=seat=1", "--out", f"{folder}/stranger.json")
    (place.path / folder / "again.json").write_bytes((place.path / folder / "acme/coming.json").read_bytes())
    (place.path / folder / "rubbish.txt").write_bytes(b"KS1:RUBBISH\n")


class Scene:
    """A command, the place it is run in, and what is run after it was killed."""

    def __init__(self, name, arguments, again):
        self.name, self.arguments, self.again = name, arguments, again
        self.place, self.stick = None, None

    def make(self, path):
        self.place = getattr(self, f"make_{self.name.replace('-', '_')}")(Path(path))

    def make_init(self, path):
        return Place.new(path)

    def make_process(self, path):
        place, root = make_vault(path)
        write_requests(place, root, "spool/inbox")
        return place

    def make_process_many(self, path):
        """More answers than one thread renders."""
        place, root = make_vault(path)
        keys = [key["key"] for key in place.ask("key", "mint", "desk", "--licences", "seat=1", "--count", "18")["keys"]]
        for number, key in enumerate(keys):
            name = f"unit-{number:02}"
            make_device(place, root, name, "desk")
            place.device(name, "describe", "--need=seat=1", "--redeem", key, "--out", f"spool/inbox/{name}.json")
        return place

    def make_key_mint(self, path):
        return make_vault(path)[0]

    def make_wallet_redeem(self, path):
        place, _ = make_vault(path)
        keys = [mint(place, "desk", "seat=3") for _ in range(2)]
        self.arguments = self.again = ["wallet", "redeem", "acme", *keys]
        return place

    def make_refresh(self, path):
        place, root = make_vault(path)
        place.ask("wallet", "redeem", "acme", mint(place, "video", "core=8"))
        place.ask("subscription", "start", "acme", "video", "--yes")
        for name in ("gate", "lobby"):
            make_device(place, root, name, "video")
            place.device(name, "describe", "--need=core=2", "--out", f"spool/inbox/{name}.json")
            answered(place, name)
        place.ask("subscription", "assign", "acme", "video", "--period", "current", "core=4", "--yes")
        return place

    def make_exchange(self, path):
        place, root = make_vault(path)
        write_requests(place, root, "stick/requests")
        return place


def scenes():
    process = ["process", "--settle", "0"]
    exchange = ["exchange", "{here}/stick", "--settle", "0"]
    mint_three = ["key", "mint", "desk", "--licences", "seat=2", "--count", "3"]
    return [
        Scene("init", ["init", "--operator", "crash-test"], ["init", "--operator", "crash-test"]),
        Scene("process", process, process),
        Scene("process-many", process, process),
        Scene("key-mint", mint_three, process),
        Scene("wallet-redeem", [], []),
        Scene("refresh", ["refresh", "--yes"], ["refresh", "--yes"]),
        Scene("exchange", exchange, exchange),
    ]
