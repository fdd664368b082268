"""The real signer against the device and the auditor of this folder.

Each test begins with a copy of one vault: catalogue applied, keys minted, one device activated.
"""

import base64
import copy
import io
import json
import re
import shutil
import tempfile
import unittest
from pathlib import Path

import auditor
import device
import signer
from device import Envelope
from places import vectors
from signer import Base, Signer, after, shuffler, without_chance

ONE = {"seat": 1}


def tearDownModule():
    if signer.FINDINGS:
        raise AssertionError("\n".join(sorted(signer.FINDINGS)))


class SignerTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.base = Base.get()
        self.signer, self.first, self.keys = self.base.copy()
        self.addCleanup(shutil.rmtree, self.signer.folder.parent, ignore_errors=True)

    @property
    def now(self):
        return self.signer.clock

    def key(self, kind="desk"):
        return self.keys[kind].pop(0)

    def device(self, name, product="desk", organization="acme"):
        return self.signer.device(name, product, organization)

    def activated(self, name, product="desk", kind=None, need=None):
        """A device that brought its own key and installed the answer, and its request."""
        unit = self.device(name, product)
        request = unit.describe(self.now, need or ONE, keys=[self.key(kind or product)])
        processed = self.assert_outcome("activated", request)
        unit.install_bundle(processed.bundle(request))
        return unit, request

    def assert_refused(self, code, request, name="request.json", arguments=()):
        """The request is refused by this code, in the manifest and in a signed refusal."""
        processed = self.signer.answer(request, name, exits=(3,), arguments=arguments)
        if isinstance(request, Envelope):
            self.assertEqual(processed.outcome(request), code, processed)
            payload = device.read_json(request.payload)
            expected = {"request": request.document_id(), "code": code, "file": name} | {
                member: payload[member] for member in ("computer_id", "organization", "product")
            }
            refusal = processed.refusals[0]
            self.assertEqual({member: refusal.get(member) for member in expected}, expected)
        else:
            self.assertEqual(processed.code(name), code, processed)
        return processed

    def assert_outcome(self, outcome, request, name="request.json", arguments=()):
        processed = self.signer.answer(request, name, arguments=arguments)
        self.assertEqual(processed.outcome(request), outcome, processed)
        return processed


class Activation(SignerTest):
    def test_a_device_that_brings_its_own_key_is_activated_as_it_asked(self):
        activation = self.first.installed
        expected = {
            "sequence": 1,
            "organization": "acme",
            "product": "desk",
            "computer_id": self.first.computer_id,
            "computer_name": "first",
            "request": self.base.first_request.document_id(),
            "fingerprint": self.first.fingerprint,
            "fingerprint_min_match": 2,
            "plan": "subscription",
            "licences": ONE,
            "valid_from": "2026-11-22",
            "valid_until": "2027-11-21",
            "grace_until": "2027-11-21",
            "notify_days": [30, 14, 7],
            "issued_at": signer.START,
            "trust_list": 1,
        }
        self.assertEqual({n: activation.get(n) for n in expected}, expected)
        entry = self.base.first_processed.entries_of(self.base.first_request)[0]
        self.assertEqual((entry["file"], entry["outcome"]), ("first.json", "activated"))
        self.assertEqual(entry["digest"], device.sha256(self.base.first_request.to_json()).hex())

    def test_init_names_the_key_that_the_trust_list_is_rooted_in(self):
        root = signer.root_key(self.base.init["root_public_key"])
        payload = self.signer.trust_list.payload
        self.assertEqual(device.unb64(payload["root"]), root)
        self.assertEqual(device.unb64(payload["first_root"]), root)
        ids = [device.key_id(root)] + [entry["keyid"] for entry in payload["keys"]]
        self.assertIn(self.base.init["key_id"], ids)

    def test_an_answered_request_lies_in_the_archive_and_not_in_the_inbox(self):
        self.assertEqual(self.signer.in_inbox(), [])
        found = list((self.signer.spool / "archive").rglob("first.json"))
        self.assertEqual([p.read_bytes() for p in found], [self.base.first_request.to_json()])

    def test_a_stranger_waits_until_a_folder_named_like_the_organization_vouches(self):
        self.signer.run("wallet", "redeem", "acme", self.key())
        unit = self.device("stranger")
        request = unit.describe(self.now, ONE)
        self.assert_refused("awaiting-approval", request)
        waiting = self.signer.run("system", "list", "--waiting")
        self.assertIn(unit.computer_id, waiting.stdout.decode(), waiting)
        processed = self.assert_outcome("activated", request, "acme/stick/again.json")
        unit.install_bundle(processed.bundle(request))
        self.assertEqual(self.signer.seats(), 0)

    def test_an_operator_vouches_for_a_whole_inbox(self):
        self.signer.run("wallet", "redeem", "acme", self.key())
        unit = self.device("stranger")
        request = unit.describe(self.now, ONE)
        processed = self.assert_outcome(
            "activated", request, "deep/in/x.json", ("--organization", "acme")
        )
        unit.install_bundle(processed.bundle(request))

    def test_a_folder_vouches_for_its_own_organization_only(self):
        request = self.device("lost").describe(self.now, ONE, keys=[self.key()])
        self.assert_refused("other-organization", request, "globex/request.json")

    def test_an_open_product_takes_anyone_who_finds_a_licence(self):
        self.signer.run("wallet", "redeem", "acme", self.key("open"))
        unit = self.device("walk-in", "desk-open")
        request = unit.describe(self.now, ONE)
        unit.install_bundle(self.assert_outcome("activated", request).bundle(request))
        late = self.device("too late", "desk-open").describe(self.now, ONE)
        self.assert_refused("not-enough-licences", late)

    def test_an_approved_product_takes_nobody_before_an_operator_has_spoken(self):
        unit = self.device("guest", "desk-approved")
        request = unit.describe(self.now, ONE, keys=[self.key("approved")])
        self.assert_refused("awaiting-approval", request, "acme/guest.json")
        self.assert_refused("awaiting-approval", request, arguments=("--organization", "acme"))
        self.signer.pass_time(minutes=1)
        approve = ("activation", "approve", unit.computer_id, "--yes")
        result = self.signer.run(*approve, exits=None)
        if result.exit == 2:
            self.signer.run(*approve, "--reason", "known guest")
        else:
            self.assertEqual(result.exit, 0, result)
        processed = self.signer.answer(request)
        self.assertIn(processed.outcome(request), ("activated", "repeated"), processed)
        unit.install_bundle(processed.bundle(request))

    def test_a_computer_name_never_becomes_a_path(self):
        for name in ("東京", "../../etc/passwd", "CON", "a" * 60, "we ird<>|?*"):
            with self.subTest(name):
                unit = self.device(name)
                request = unit.describe(self.now, ONE, keys=[self.key()])
                processed = self.signer.answer(request)
                unit.install_bundle(processed.bundle(request))
                stem = device.answer_stem(unit.installed, name)
                self.assertEqual(processed.output(request, ".zip").name, stem + ".zip")

    def test_a_larger_need_adds_seats_and_keeps_the_activation(self):
        request = self.first.describe(self.now, {"seat": 2}, keys=[self.key()])
        processed = self.assert_outcome("refreshed", request)
        before = self.first.installed
        now = self.first.install_bundle(processed.bundle(request))
        self.assertEqual(now["activation_id"], before["activation_id"])
        self.assertEqual((now["sequence"], now["licences"]), (2, {"seat": 2}))

    def test_a_typed_computer_key_states_what_the_bundle_states(self):
        unit = self.device("bare", "typed")
        other = copy.deepcopy(unit)
        request = unit.describe(self.now, {"seat": 2, "module": 3}, keys=[self.key("typed")])
        bundle = self.assert_outcome("activated", request).bundle(request)
        full = unit.install_bundle(bundle)
        self.assertEqual(full.get("extensions"), {"edition": "pro"})
        lines = lines_of_computer_key(device.read_bundle(bundle)["computer-key.txt"].decode())
        other.trust_list = unit.trust_list
        typed = other.install_computer_key(lines)
        names = ("sequence", "plan", "licences", "valid_from", "valid_until", "grace_until")
        self.assertEqual({n: typed[n] for n in names}, {n: full[n] for n in names})


def lines_of_computer_key(told):
    """The lines of kinds 5, 6, ... in a text, in order."""
    lines = []
    for word in re.findall(r"[0-9A-Z]{5}(?:-[0-9A-Z]{5}){4}", told):
        try:
            device.read_line(device.COMPUTER_KEY + len(lines), word)
        except device.CodeError:
            continue
        lines.append(word)
    return lines


class SameRequest(SignerTest):
    def _forms(self, request):
        """One request in many dresses: file name to bytes."""
        shuffled = dict(reversed(request.to_object().items()))
        whole = request.to_qr()
        parts = device.split_qr(whole, 300)
        turned = shuffler("parts").sample(parts, len(parts))
        forms = {
            "same.json": request.to_json(),
            "other name.bin": request.to_json(),
            "no-ending": request.to_json(),
            "indented.json": device.write_json(shuffled, indent=4).replace(b"\n", b"\r\n"),
            "escaped.json": json.dumps(request.to_object()).replace("/", "\\/").encode(),
            "qr.txt": whole.encode(),
            "qr-crlf.json": whole.encode() + b"\r\n",
            "parts.txt": "\n".join(turned + turned[:1]).encode(),
        }
        for i, part in enumerate(parts):
            forms[f"apart/{'zyxwvuts'[i]}.txt"] = part.encode() + b"\n"
        return forms

    def test_one_request_in_any_dress_gets_one_answer_and_one_seat(self):
        self.signer.run("wallet", "redeem", "acme", self.key("two"))
        unit = self.device("many")
        request = unit.describe(self.now, ONE)
        forms = self._forms(request)
        for name, data in forms.items():
            self.signer.drop("acme/" + name, data)
        processed = self.signer.process()
        entries = processed.entries_of(request)
        self.assertEqual(len(entries), len(processed.entries), processed)
        outcomes = sorted(entry["outcome"] for entry in entries)
        self.assertEqual(outcomes, ["activated"] + ["repeated"] * (len(entries) - 1), processed)
        self.assertGreaterEqual(len(entries), 9, processed)
        self.assertEqual(self.signer.in_inbox(), [])
        self.assertEqual(self.signer.seats(), 1)
        zips = {p.read_bytes() for p in processed.audit.outputs(".zip", request.document_id())}
        self.assertEqual(len(zips), 1)
        self.assertTrue(all(entry["outputs"] for entry in entries), "an answer without outputs")
        for name in ("parts.txt", "escaped.json"):
            self.signer.pass_time(days=40)
            later = self.signer.answer(forms[name], f"later-{name}")
            self.assertEqual(later.outcome(request), "repeated", later)
            self.assertEqual({later.bundle(request)}, zips)
        self.assertEqual(self.signer.seats(), 1)
        unit.install_bundle(zips.pop())

    def test_parts_that_arrive_in_different_batches_are_one_request(self):
        unit = self.device("slow")
        request = unit.describe(self.now, ONE, keys=[self.key()])
        first, *rest = device.split_qr(request.to_qr(), 300)
        self.signer.drop("a.txt", first.encode())
        self.assertEqual(self.signer.process().entries, [])
        self.assertEqual(self.signer.in_inbox(), ["a.txt"])
        self.signer.pass_time(hours=20)
        self.signer.drop("b.txt", "\n".join(rest).encode())
        processed = self.signer.process()
        self.assertEqual({e["outcome"] for e in processed.entries_of(request)} - {"repeated"},
                         {"activated"}, processed)
        self.assertEqual(self.signer.in_inbox(), [])
        unit.install_bundle(processed.bundle(request))

    def test_parts_that_never_come_are_refused_after_a_day(self):
        request = self.device("half").describe(self.now, ONE, keys=[self.key()])
        self.signer.drop("half.txt", device.split_qr(request.to_qr(), 300)[0].encode())
        for hours in (0, 23):
            self.signer.pass_time(hours=hours)
            processed = self.signer.process()
            self.assertEqual(processed.entries, [], processed)
            self.assertEqual(self.signer.in_inbox(), ["half.txt"])
        self.signer.pass_time(hours=2)
        processed = self.signer.process(exits=(3,))
        self.assertEqual(processed.code("half.txt"), "parts-missing", processed)
        self.assertEqual(self.signer.in_inbox(), [])

    def test_a_text_file_with_several_requests_has_a_line_for_each(self):
        units = [self.device(name) for name in ("left", "right")]
        requests = [u.describe(self.now, ONE, keys=[self.key()]) for u in units]
        lines = "\r\n".join(r.to_qr() for r in requests)
        processed = self.signer.answer(lines.encode(), "two.txt")
        for unit, request in zip(units, requests):
            self.assertEqual(processed.outcome(request), "activated", processed)
            unit.install_bundle(processed.bundle(request))
        self.assertEqual([e["file"] for e in processed.entries], ["two.txt"] * 2)


class Life(SignerTest):
    def test_a_seat_lives_through_extension_and_deactivation_and_serves_again(self):
        unit = self.first
        first_id = unit.installed["activation_id"]
        confirmation = unit.confirm(self.now)
        self.assert_outcome("confirmed", confirmation)

        self.signer.pass_time(days=1)
        extend = unit.describe(self.now, ONE, request="extend", keys=[self.key()])
        processed = self.assert_outcome("extended", extend)
        extended = unit.install_bundle(processed.bundle(extend))
        self.assertEqual(extended["activation_id"], first_id)
        self.assertEqual(extended["sequence"], 2)
        self.assertEqual((extended["valid_from"], extended["valid_until"]),
                         ("2026-11-22", "2028-11-21"))

        twin = copy.deepcopy(unit)
        deactivation = unit.deactivate(self.now)
        processed = self.assert_outcome("deactivated", deactivation)
        path = processed.output(deactivation, ".receipt.json")
        receipt_bytes = path.read_bytes()
        receipt = self.signer.trust_list.read(Envelope.from_json(receipt_bytes), "receipt")
        self.assertEqual(receipt["activation_id"], first_id)
        self.assertEqual(receipt["computer_id"], twin.computer_id)
        self.assertEqual(receipt["request"], deactivation.document_id())
        self.assertEqual((receipt["licences"], receipt["destination"]), (ONE, "wallet"))
        lots = self.signer.lots()
        self.assertEqual([(lot["type"], lot["count"], lot["valid_until"], lot["origin"])
                          for lot in lots], [("seat", 1, "2028-11-21", "returned")])

        self.signer.pass_time(days=3)
        processed = self.assert_outcome("repeated", deactivation, "again.json")
        again = processed.output(deactivation, ".receipt.json")
        self.assertEqual((again.name, again.read_bytes()), (path.name, receipt_bytes))
        self.assertEqual(self.signer.seats(), 1)

        self.assert_refused("computer-id-retired", twin.describe(self.now, ONE))
        self.assert_refused("computer-id-retired", self.base.first_request)
        other = twin.deactivate(self.now, reason="other")
        self.assert_refused("already-deactivated", other)

        request = unit.describe(self.now, ONE)
        processed = self.assert_outcome("activated", request, "acme/new.json")
        activation = unit.install_bundle(processed.bundle(request))
        self.assertEqual(activation["valid_until"], "2028-11-21")
        self.assertEqual(self.signer.lots(), [])

    def test_a_verification_code_read_over_the_telephone_gives_the_seat_back(self):
        own = self.first.now_generation
        stranger = self.device("stranger").now_generation
        self.signer.need("activation", "release")
        release = ("activation", "release", own.computer_id, "--reason", "moved", "--yes", "--code")
        result = self.signer.run(*release, stranger.verification_code, exits=(1,))
        self.assertEqual(result.error_code, "wrong-code", result)
        self.assertEqual(self.signer.seats(), 0)
        self.signer.run(*release, own.verification_code.lower().replace("-", " "))
        self.assertEqual(self.signer.seats(), 1)
        self.assert_refused("computer-id-retired", self.first.describe(self.now, ONE))

    def test_a_known_device_asks_again_and_nothing_is_taken(self):
        request = self.first.describe(self.now, ONE, request="refresh")
        processed = self.assert_outcome("refreshed", request)
        before = self.first.installed
        now = self.first.install_bundle(processed.bundle(request))
        names = ("activation_id", "licences", "valid_from", "valid_until", "grace_until")
        self.assertEqual({n: now[n] for n in names}, {n: before[n] for n in names})
        self.assertEqual(now["sequence"], 2)

    def test_a_confirmation_of_another_activation_is_refused(self):
        self.first.installed["activation_id"] = "01KAMJ4R00N6ZQ3T5V7X9Y1ABC"
        self.assert_refused("unknown-activation", self.first.confirm(self.now))

    def test_a_system_shows_whose_it_is(self):
        shown = self.signer.run("system", "show", self.first.computer_id).json
        self.assertEqual(shown["computer_id"], self.first.computer_id)
        self.assertEqual((shown["organization"], shown["product"]), ("acme", "desk"))
        self.assertEqual(shown["need"], ONE)
        self.assertIn(self.first.installed["activation_id"], json.dumps(shown["activation"]))

    def test_a_new_signing_key_reaches_the_devices_with_their_next_bundle(self):
        old_key = Envelope.from_json(
            device.read_bundle(self.base.first_bundle)["activation.json"]
        ).keyid
        self.signer.pass_time(minutes=1)
        self.signer.need("vault", "rotate-key")
        self.signer.run("vault", "rotate-key", "--yes")
        request = self.first.describe(self.now, ONE)
        bundle = self.assert_outcome("refreshed", request).bundle(request)
        activation = self.first.install_bundle(bundle)
        entries = device.read_bundle(bundle)
        self.assertEqual(self.first.trust_list.version, 2)
        self.assertEqual(activation["trust_list"], 2)
        self.assertNotEqual(Envelope.from_json(entries["activation.json"]).keyid, old_key)
        self.assertEqual(self.first.trust_list.keys[0]["keyid"], old_key)
        self.assertIn("trust-list.png", entries)
        request = self.first.describe(self.now, ONE)
        bundle = self.assert_outcome("refreshed", request).bundle(request)
        self.first.install_bundle(bundle)
        self.assertNotIn("trust-list.png", device.read_bundle(bundle))
        repeated = self.assert_outcome("repeated", self.base.first_request, "old.json")
        self.assertEqual(repeated.bundle(self.base.first_request), self.base.first_bundle)


class Refusals(SignerTest):
    def test_every_file_that_the_vectors_refuse_is_refused_while_a_good_one_is_answered(self):
        refused = json.loads((vectors() / "refused.json").read_text("utf-8"))
        names = {}
        for i, v in enumerate(refused):
            name = f"mixed/{i:03}.json"
            names[name] = (v["code"], v["why"], base64.b64decode(v["bytes"]))
            self.signer.drop(name, names[name][2])
        unit = self.device("good")
        request = unit.describe(self.now, ONE, keys=[self.key()])
        processed = self.signer.answer(request, "mixed/good.json", exits=(3,))
        self.assertEqual(processed.outcome(request), "activated", processed)
        unit.install_bundle(processed.bundle(request))
        rejected = (self.signer.spool / "rejected").glob(f"*-{processed.batch}/**/*")
        kept = {path.read_bytes() for path in rejected if path.is_file()}
        by_file = {refusal["file"]: refusal for refusal in processed.refusals}
        for name, (code, why, data) in names.items():
            with self.subTest(why):
                self.assertIn(name, by_file, why)
                self.assertEqual(by_file[name]["code"], code, f"{why}: {by_file[name]}")
                self.assertEqual(by_file[name]["digest"], device.sha256(data).hex(), why)
                self.assertIn(data, kept, why)

    def test_a_proof_of_an_unknown_key_is_refused(self):
        unknown = device.write_line(device.LICENCE_KEY, device.sha256(b"never minted")[:15])
        request = self.device("guesser").describe(self.now, ONE, keys=[unknown])
        self.assert_refused("unknown-licence-key", request)

    def test_a_wrong_proof_of_a_real_key_tells_nothing_about_the_key(self):
        def spoil(payload):
            payload["redeem"][0]["proof"] = device.b64(bytes(32))

        key = self.key()
        request = self.device("copycat").describe(self.now, ONE, keys=[key], change=spoil)
        self.assert_refused("unknown-licence-key", request)
        owner = self.device("owner").describe(self.now, ONE, keys=[key])
        self.assert_outcome("activated", owner)

    def test_a_proof_of_another_request_does_not_serve(self):
        key, unit = self.key(), self.device("replay")
        old = unit.describe(self.now, ONE, keys=[key])
        proof = device.read_json(old.payload)["redeem"]
        request = unit.describe(self.now, ONE, change=lambda p: p.update(redeem=proof))
        self.assert_refused("unknown-licence-key", request)

    def test_a_key_serves_once_and_a_refusal_uses_up_no_other(self):
        used, fresh = self.key(), self.key()
        self.assert_outcome("activated", self.device("one").describe(self.now, ONE, keys=[used]))
        second = self.device("two")
        request = second.describe(self.now, ONE, keys=[fresh, used])
        self.assert_refused("licence-key-used", request)
        request = second.describe(self.now, ONE, keys=[fresh], counter=second.counter)
        self.assert_outcome("activated", request)

    def test_a_key_of_another_product_or_organization_is_named_so(self):
        request = self.device("product").describe(self.now, ONE, keys=[self.key("typed")])
        self.assert_refused("licence-key-product", request)
        request = self.device("owner").describe(self.now, ONE, keys=[self.key("globex")])
        self.assert_refused("licence-key-organization", request)

    def test_a_tampered_request_is_refused_and_the_true_one_still_answered(self):
        request = self.device("true").describe(self.now, ONE, keys=[self.key()])
        payload = request.payload.replace(b'"seat":1', b'"seat":9')
        self.assertNotEqual(payload, request.payload)
        forged = Envelope(request.payload_type, payload, request.keyid, request.sig)
        self.assert_refused("bad-signature", forged.to_json())
        self.assert_outcome("activated", request)

    def test_a_counter_that_does_not_rise_is_stale(self):
        request = self.first.describe(self.now, ONE, counter=1)
        self.assert_refused("stale-request", request)
        self.first.counter = 7
        self.assert_outcome("refreshed", self.first.describe(self.now, ONE))
        self.assert_refused("stale-request", self.first.describe(self.now, ONE, counter=5))
        self.assert_outcome("refreshed", self.first.describe(self.now, ONE, counter=9))

    def test_unknown_names_are_refused_by_what_is_unknown(self):
        cases = (
            ("unknown-organization", self.device("a", organization="initech"), ONE),
            ("unknown-product", self.device("b", product="sofa"), ONE),
            ("unknown-licence-type", self.device("c"), {"wing": 1}),
        )
        key = self.key()
        for code, unit, need in cases:
            with self.subTest(code):
                self.assert_refused(code, unit.describe(self.now, need, keys=[key]))

    def test_the_signers_own_documents_are_no_requests(self):
        bundle = device.read_bundle(self.base.first_bundle)
        manifest = next((self.signer.spool / "outbox").rglob("manifest.json")).read_bytes()
        activation = Envelope.from_json(bundle["activation.json"])
        files = {
            "activation.json": (bundle["activation.json"], "unknown-type"),
            "trust-list.json": (bundle["trust-list.json"], "unknown-type"),
            "checkpoint.json": (bundle["checkpoint.json"], "unknown-type"),
            "manifest.json": (manifest, "unknown-type"),
            "activation.txt": (activation.to_qr().encode(), "unknown-type"),
            "bundle.zip": (self.base.first_bundle, "archive-not-accepted"),
            "bundle.json": (self.base.first_bundle, "archive-not-accepted"),
            "next.txt": (b"KS2:" + activation.to_qr().encode()[4:], "unsupported-version"),
        }
        for name, (data, _) in files.items():
            self.signer.drop(name, data)
        processed = self.signer.process(exits=(3,))
        for name, (_, code) in files.items():
            with self.subTest(name):
                self.assertEqual(processed.code(name), code, processed)

    def test_vendor_data_travels_in_extensions_and_nowhere_else(self):
        good = {"vendor.example": {"a": [1, True, "東", {"b": []}]}, "n": 9007199254740991}
        request = self.device("good").describe(self.now, ONE, keys=[self.key()], extensions=good)
        requests = {
            "many": {f"m{i}": 1 for i in range(17)},
            "large": {"a": "x" * 5000},
            "null": {"a": [None]},
            "array": [],
        }
        for name, extensions in requests.items():
            bad = self.device(name).describe(self.now, ONE, extensions=extensions)
            self.signer.drop(f"acme/{name}.json", bad)
        changes = {
            "member": lambda p: p.update(colour="red"),
            "serial": lambda p: p.update(serial=None),
            "activation": lambda p: p.update(activation={"sequence": 1, "colour": 1}),
            "redeem": lambda p: p.update(redeem=[]),
            "critical": lambda p: p.update(critical=[]),
        }
        for name, change in changes.items():
            bad = self.device(name).describe(self.now, ONE, change=change)
            self.signer.drop(f"acme/{name}.json", bad)
        processed = self.signer.answer(request, "good.json", exits=(3,))
        self.assertEqual(processed.outcome(request), "activated", processed)
        for name in (*requests, *changes):
            with self.subTest(name):
                self.assertEqual(processed.code(f"acme/{name}.json"), "malformed", processed)

    def test_a_file_name_is_told_without_its_control_characters(self):
        name = "we\nird\u202e\u6771.json"
        try:
            self.signer.drop(name, b"{}")
        except OSError as error:
            self.skipTest(f"this file system takes no such name: {error}")
        processed = self.signer.process(exits=(3,))
        told = [refusal["file"] for refusal in processed.refusals]
        self.assertEqual(told, ["we\\x0aird\\xe2\\x80\\xae\u6771.json"])

    def test_an_empty_inbox_makes_no_batch(self):
        processed = self.signer.process()
        self.assertIsNone(processed.batch)
        self.assertIn("checkpoint", processed.result.json)


class Pictures(SignerTest):
    def _picture(self, line=None, image_format="PNG"):
        from PIL import Image

        image = Image.new("L", (400, 400), 255)
        if line is not None:
            import zxingcpp

            coded = zxingcpp.create_barcode(line, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
            pixels = memoryview(coded.to_image(scale=4))
            image = Image.frombytes("L", pixels.shape[1::-1], pixels.tobytes())
        out = io.BytesIO()
        image.save(out, image_format)
        return out.getvalue()

    def test_a_picture_without_a_code_is_refused_as_that(self):
        self.signer.drop("blank.png", self._picture())
        self.signer.drop("blank.jpg", self._picture(image_format="JPEG"))
        self.signer.drop("misnamed.json", self._picture())
        processed = self.signer.process(exits=(3,))
        for name in ("blank.png", "blank.jpg", "misnamed.json"):
            self.assertEqual(processed.code(name), "no-code-in-picture", processed)

    def test_pictures_of_an_answer_carry_the_signed_bytes_of_its_file(self):
        folder = next((self.signer.spool / "outbox").iterdir())
        path = next(folder.rglob("*.zip"))
        entries = device.read_bundle(path.read_bytes())
        file = Envelope.from_json(entries["activation.json"])
        for picture in (entries["qr.png"], path.with_suffix(".png").read_bytes()):
            lines = device.lines_of_picture(picture)
            self.assertEqual(device.join_qr(lines), [file])
            unit = self.device("first")
            unit.accept_trust_list(Envelope.from_json(entries["trust-list.json"]))
            self.assertEqual(unit.install_qr(lines), self.first.installed)

    def test_a_request_may_come_as_a_picture(self):
        unit = self.device("camera")
        request = unit.describe(self.now, ONE, keys=[self.key()], witness=False)
        try:
            picture = self._picture(request.to_qr())
        except (AttributeError, TypeError, ImportError) as error:
            self.skipTest(f"no writer of QR pictures here: {error}")
        self.assertEqual(device.lines_of_picture(picture), [request.to_qr()])
        processed = self.signer.answer(picture, "camera.png")
        self.assertEqual(processed.outcome(request), "activated", processed)
        unit.install_bundle(processed.bundle(request))


class Witnesses(SignerTest):
    def _checkpoint(self, private, **changes):
        payload = {name: self.first.checkpoint[name] for name in
                   ("origin", "size", "head", "issued_at")} | changes
        return Envelope.sign("checkpoint", device.write_json(payload), private).to_object()

    def test_a_made_up_witness_stops_nobody(self):
        private = device.Ed25519PrivateKey.from_private_bytes(device.sha256(b"mallory"))
        true = self.first._checkpoint_envelope.to_object()
        damaged = copy.deepcopy(true)
        damaged["signatures"][0]["sig"] = device.b64(bytes(64))
        witnesses = {
            "another origin": self._checkpoint(private, origin="0123456789abcdef"),
            "another key": self._checkpoint(private, head="00" * 32, size=1),
            "damaged": damaged,
            "from the future": self._checkpoint(private, size=2**40),
        }
        requests = []
        for name, witness in witnesses.items():
            unit = self.device(name)
            requests.append(unit.describe(self.now, ONE, keys=[self.key()], witness=witness))
            self.signer.drop(f"{len(requests)}.json", requests[-1])
        processed = self.signer.process()
        for name, request in zip(witnesses, requests):
            self.assertEqual(processed.outcome(request), "activated", f"{name}: {processed}")

    def test_the_true_witness_of_a_device_is_taken(self):
        self.assertIsNotNone(self.first.checkpoint)
        request = self.first.describe(self.now, ONE)
        self.assertIn(b'"witness"', request.payload)
        self.assert_outcome("refreshed", request)

    def test_a_vault_that_was_put_back_is_found_out_by_its_devices(self):
        old = self.signer.folder / "old vault"
        shutil.copytree(self.signer.vault, old)
        request = self.first.describe(self.now, ONE)
        self.first.install_bundle(self.assert_outcome("refreshed", request).bundle(request))
        shutil.rmtree(self.signer.vault)
        old.rename(self.signer.vault)
        self.signer.pass_time(minutes=1)
        request = self.first.describe(self.now, ONE)
        self.signer.drop("late.json", request)
        result = self.signer.run("process", "--settle", "0", exits=(5,))
        self.assertIn("signer-rolled-back", result.stdout.decode() + result.stderr.decode(), result)
        kept = [p for p in self.signer.spool.rglob("*late.json*") if p.is_file()]
        self.assertTrue(any(p.read_bytes() == request.to_json() for p in kept), "request lost")
        other = self.device("other").describe(self.now, ONE, keys=[self.key()])
        self.signer.pass_time(minutes=1)
        self.signer.drop("other.json", other)
        self.signer.run("process", "--settle", "0", exits=(5,))


class Audit(SignerTest):
    def test_the_history_leads_to_every_checkpoint_and_tells_no_licence_key(self):
        _, request = self.activated("second")
        self.assert_outcome("repeated", request)
        self.assert_refused("awaiting-approval", self.device("no").describe(self.now, ONE))
        export = self.signer.history()
        heads = auditor.heads(auditor.entries_of_export(export))
        shown = self.signer.run("history", "verify").json
        self.assertEqual((shown["size"], shown["head"], shown["ok"]),
                         (len(heads) - 1, heads[-1], True))
        origin = device.read_json(export.split(b"\n")[0])
        self.assertIn(self.first.checkpoint["origin"], json.dumps(origin))
        for folder in (self.signer.spool / "outbox").iterdir():
            batch = auditor.Batch(folder, self.signer.trust_list)
            auditor.check_in_history(batch.manifest["checkpoint"], heads, folder.name)
            for path, (_, checkpoint) in batch.check_bundles(self.signer.trust_list).items():
                auditor.check_in_history(checkpoint, heads, path)
        plain = export.decode().replace("-", "")
        for keys in self.base.keys.values():
            for key in keys:
                told = key.replace("-", "") in plain
                self.assertFalse(told, "a licence key stands in the history")
        root = device.b64(self.signer.root)
        file = self.signer.folder / "history.jsonl"
        file.write_bytes(export)
        batches = [str(p) for p in (self.signer.spool / "outbox").iterdir()]
        told = []
        code = auditor.main(["--root", root, "--history", str(file), *batches], told.append)
        self.assertEqual((code, len(told)), (0, len(batches)), told)

    def test_commands_that_only_read_leave_the_history_as_it_is(self):
        before = self.signer.history()
        self.signer.pass_time(days=2)
        for command in (
            ("wallet", "show", "acme"),
            ("system", "list"),
            ("system", "show", self.first.computer_id),
            ("key", "list"),
            ("catalogue", "show"),
            ("history", "verify"),
            ("report", "--format", "json"),
        ):
            if command[0] != "report" or self.signer.has("report"):
                self.signer.run(*command)
        self.assertEqual(self.signer.history(), before)

    def test_a_history_verifies_against_the_checkpoint_of_a_device(self):
        file = self.signer.folder / "checkpoint.json"
        file.write_bytes(device.read_bundle(self.base.first_bundle)["checkpoint.json"])
        shown = self.signer.run("history", "verify", "--checkpoint", file).json
        self.assertTrue(shown["ok"])

    def test_the_catalogue_applied_twice_changes_nothing(self):
        before = self.signer.history()
        self.signer.run("catalogue", "apply", "--yes", self.signer.folder / "catalogue.json")
        self.assertEqual(self.signer.history(), before)

    def test_inspect_explains_everything_that_travels(self):
        bundle = device.read_bundle(self.base.first_bundle)
        request = self.base.first_request
        folder = next((self.signer.spool / "outbox").iterdir())
        deactivation = copy.deepcopy(self.first).deactivate(self.now)
        files = {
            "request.json": request.to_json(),
            "request.txt": request.to_qr().encode(),
            "deactivation.json": deactivation.to_json(),
            "bundle.zip": self.base.first_bundle,
            "activation.json": bundle["activation.json"],
            "trust-list.json": bundle["trust-list.json"],
            "checkpoint.json": bundle["checkpoint.json"],
            "manifest.json": (folder / "manifest.json").read_bytes(),
        }
        things = [self.first.computer_id, self.keys["desk"][0]]
        for name, data in files.items():
            things.append(self.signer.folder / name)
            things[-1].write_bytes(data)
        for thing in things:
            with self.subTest(Path(str(thing)).name if isinstance(thing, Path) else "code"):
                self.assertIsInstance(self.signer.run("inspect", thing).json, dict)

    def test_inspect_reads_the_picture_of_an_answer(self):
        file = self.signer.folder / "qr.png"
        file.write_bytes(device.read_bundle(self.base.first_bundle)["qr.png"])
        result = self.signer.run("inspect", file)
        self.assertEqual(result.json["parts"][0]["parts"][0]["kind"], "activation", result)


class Order(SignerTest):
    def _requests(self):
        """Own keys, a returned seat, and three strangers who want the two seats of the wallet."""
        requests = {}
        for name in ("north", "south"):
            unit = self.device(name)
            requests[name] = unit.describe(self.now, ONE, keys=[self.key()])
        unit = self.device("pair")
        requests["pair"] = unit.describe(self.now, {"seat": 2}, keys=[self.key("two")])
        grown = copy.deepcopy(unit)
        requests["pair again"] = grown.describe(self.now, ONE, witness=False)
        requests["leaves"] = self.first.deactivate(self.now)
        for name in ("x", "y", "z"):
            requests[name] = self.device(name).describe(self.now, ONE)
        return requests

    def _state_after(self, requests, start, chance):
        """What a copy of the vault shows after the requests came in an order of chance."""
        folder = Path(tempfile.mkdtemp(dir=self.signer.folder.parent))
        own = Signer(folder / "signer")
        shutil.copytree(start, own.folder)
        own.clock, own.root, own.trust_list = self.now, self.signer.root, self.signer.trust_list
        own.secrets = self.signer.secrets
        names = [f"{chance.randrange(10**6):06}.{e}" for e in chance.choices("abcdef", k=20)]
        for request in chance.sample(sorted(requests), len(requests)):
            place = chance.choice(("", "deep/er/"))
            own.clock = after(self.now, seconds=chance.randrange(60))
            own.drop(f"acme/{place}{names.pop()}", requests[request])
        own.clock = after(self.now, minutes=2)
        processed = own.process(exits=(3,))
        shown = {name: processed.outcome(request) for name, request in requests.items()}
        shown["wallet"] = own.lots()
        for request in requests.values():
            computer_id = device.read_json(request.payload)["computer_id"]
            result = own.run("system", "show", computer_id, exits=None)
            shown[computer_id] = result.json if result.exit == 0 else result.error_code
        return without_chance(shown)

    def test_any_way_of_dropping_the_same_files_gives_the_same_state(self):
        self.signer.run("wallet", "redeem", "acme", self.key())
        requests = self._requests()
        chance = shuffler("order")
        start = self.signer.folder
        shown = [self._state_after(requests, start, chance) for _ in range(3)]
        self.assertEqual(shown[0], shown[1])
        self.assertEqual(shown[0], shown[2])
        outcomes = json.loads(shown[0])
        strangers = [outcomes[name] for name in ("x", "y", "z")]
        self.assertEqual(sorted(strangers), ["activated", "activated", "not-enough-licences"])
        ids = {name: requests[name].document_id() for name in ("x", "y", "z")}
        last = max(ids, key=ids.get)
        self.assertEqual(outcomes[last], "not-enough-licences", "not by smallest document id")


if __name__ == "__main__":
    unittest.main()
