"""The vectors against the device of this folder: two readings of one page must agree."""

import base64
import json
import struct
import unittest
from datetime import date

import auditor
import device
from device import Envelope
from places import vectors


def load(name):
    return json.loads((vectors() / name).read_text("utf-8"))


def signing_key(number):
    """A made-up signing key of these tests."""
    return device.Ed25519PrivateKey.from_private_bytes(device.sha256(b"interop %d" % number))


class Codes(unittest.TestCase):
    def test_every_line_of_the_vectors_is_written_and_read_back(self):
        for v in load("codes.json")["lines"]:
            data = bytes.fromhex(v["bytes"])
            self.assertEqual(device.write_line(v["kind"], data), v["line"])
            self.assertEqual(device.read_line(v["kind"], v["line"]), data)

    def test_what_people_type_is_read_leniently(self):
        for v in load("codes.json")["read_as_computer_id"]:
            read = device.read_line(device.COMPUTER_ID, v["text"])
            self.assertEqual(device.write_line(device.COMPUTER_ID, read), v["line"], v["text"])

    def test_a_typing_fault_is_named_by_its_kind(self):
        for v in load("codes.json")["refused_as_computer_id"]:
            with self.subTest(v["text"]), self.assertRaises(device.CodeError) as caught:
                device.read_line(device.COMPUTER_ID, v["text"])
            self.assertEqual(caught.exception.error, v["error"], v["text"])
            if "fits_kind" in v:
                self.assertEqual(caught.exception.fits_kind, v["fits_kind"], v["text"])

    def test_every_single_wrong_character_and_every_swap_is_caught(self):
        line = load("codes.json")["read_as_computer_id"][0]["line"].replace("-", "")
        for i in range(25):
            for other in device.ALPHABET:
                if other != line[i]:
                    self._assert_check_fails(line[:i] + other + line[i + 1 :])
            for j in range(i + 1, 25):
                if line[i] != line[j]:
                    typed = list(line)
                    typed[i], typed[j] = typed[j], typed[i]
                    self._assert_check_fails("".join(typed))

    def _assert_check_fails(self, typed):
        with self.assertRaises(device.CodeError) as caught:
            device.read_line(device.COMPUTER_ID, typed)
        self.assertEqual(caught.exception.error, "check")


class Keys(unittest.TestCase):
    def test_generations_derive_the_keys_and_codes_of_the_vectors(self):
        for v in load("devices.json"):
            for g in v["generations"]:
                secret = bytes.fromhex(v["device_secret"])
                own = device.generation(secret, v["product"], g["generation"])
                self.assertEqual(own.r.hex(), g["r"])
                self.assertEqual(device.b64(own.public), g["device_key"])
                self.assertEqual(device.key_id(own.public), g["key_id"])
                self.assertEqual(own.computer_id, g["computer_id"])
                self.assertEqual(own.verification_code, g["verification_code"])

    def test_a_verification_code_alone_leads_to_the_computer_id(self):
        for v in load("devices.json"):
            for g in v["generations"]:
                r = device.read_line(device.VERIFICATION_CODE, g["verification_code"])
                self.assertEqual(device.generation_of(r).computer_id, g["computer_id"])

    def test_fingerprints_are_the_pseudonyms_of_the_vectors(self):
        for v in load("devices.json"):
            f = v["fingerprint"]
            for component, raw in f["raw"].items():
                value = device.fingerprint_value(f["product"], component, raw)
                self.assertEqual(value, f["value"][component])

    def test_a_licence_key_is_proven_without_travelling(self):
        v = load("redeem.json")
        key = device.read_line(device.LICENCE_KEY, v["licence_key"])
        self.assertEqual(device.licence_key_id(key), v["id"])
        public = device.unb64(v["device_key"], length=32)
        proof = device.redeem_proof(key, v["organization"], public, v["counter"])
        self.assertEqual(proof, v["proof"])


class Documents(unittest.TestCase):
    def setUp(self):
        self.all = load("documents.json")
        self.root = device.unb64(self.all["root"], length=32)
        answers = self.all["answers"]
        self.lists = [a for a in answers if "trust-list" in a["envelope"]["payloadType"]]
        first = Envelope.from_object(self.lists[0]["envelope"])
        self.trust_list = device.TrustList(first, self.root)

    def _envelope(self, v):
        return Envelope.from_json(json.dumps(v["envelope"]).encode())

    def test_the_same_payload_is_the_same_document_in_file_text_and_parts(self):
        for v in self.all["requests"] + self.all["answers"]:
            envelope = self._envelope(v)
            if "pae_hex" not in v:
                continue
            self.assertEqual(envelope.pae().hex(), v["pae_hex"])
            self.assertEqual(envelope.document_id(), v["document_id"])
            self.assertEqual(Envelope.from_qr(v["qr_text"]), envelope)
            self.assertEqual(device.join_qr(reversed(v["qr_parts"] * 2)), [envelope])
            self.assertEqual(Envelope.from_qr(envelope.to_qr()), envelope)
            parts = device.split_qr(envelope.to_qr(), 97)
            self.assertEqual(device.join_qr(parts[::-1]), [envelope])

    def test_the_requests_of_the_vectors_are_requests(self):
        for v in self.all["requests"]:
            envelope, _ = device.read_request(json.dumps(v["envelope"], indent=3).encode())
            self.assertEqual(envelope.document_id(), v["document_id"])

    def test_the_answers_of_the_vectors_verify_by_the_trust_list(self):
        kinds = []
        for v in self.all["answers"]:
            envelope = self._envelope(v)
            if envelope.kind != "trust-list":
                self.trust_list.read(envelope, envelope.kind)
                kinds.append(envelope.kind)
        self.assertEqual(kinds, ["activation", "receipt", "refusal", "checkpoint"])

    def test_the_device_of_the_vectors_writes_the_requests_of_the_vectors(self):
        key = load("redeem.json")["licence_key"]
        unit = self._unit()
        written = unit.describe(
            "2026-11-22T05:00:00Z", {"core": 16, "universal": 4}, keys=[key]
        )
        self.assertEqual(written, self._envelope(self.all["requests"][0]))

    def test_an_activation_is_installed_once_and_only_by_its_device(self):
        activation = self._envelope(self.all["answers"][0])
        unit = self._unit()
        unit.accept_trust_list(self._envelope(self.lists[0]))
        unit.install(activation)
        self._refused("sequence", unit, activation)
        for reason, change in (
            ("organization", lambda u: setattr(u, "organization", "globex")),
            ("computer_id", lambda u: setattr(u, "generation", 2)),
            ("fingerprint", lambda u: u.raw.update(board="other", mac="other")),
        ):
            stranger = self._unit()
            stranger.accept_trust_list(self._envelope(self.lists[0]))
            change(stranger)
            self._refused(reason, stranger, activation)
        tolerant = self._unit()
        tolerant.accept_trust_list(self._envelope(self.lists[0]))
        tolerant.raw.update(board="other")
        tolerant.install(activation)

    def _refused(self, reason, unit, envelope):
        with self.assertRaises(device.Refused) as caught:
            unit.install(envelope)
        self.assertEqual(caught.exception.reason, reason)

    def _unit(self):
        v = load("devices.json")[0]
        types = ("core", "universal")
        secret = bytes.fromhex(v["device_secret"])
        raw = v["fingerprint"]["raw"]
        return device.Device(secret, "acme", "vms", "nvr-lobby-01 東", raw, self.root, types)

    def test_a_deactivation_shows_the_code_and_leaves_the_computer_id_for_good(self):
        unit = self._unit()
        unit.accept_trust_list(self._envelope(self.lists[0]))
        unit.install(self._envelope(self.all["answers"][0]))
        unit.counter = 1
        confirmation = unit.confirm("2026-11-22T05:00:00Z")
        self.assertEqual(confirmation, self._envelope(self.all["requests"][1]))
        deactivation = unit.deactivate("2026-11-22T05:00:00Z")
        self.assertEqual(deactivation, self._envelope(self.all["requests"][2]))
        generations = load("devices.json")[0]["generations"]
        self.assertEqual(unit.computer_id, generations[1]["computer_id"])

    def test_a_new_root_is_reached_by_the_succession_and_pinned(self):
        unit = self._unit()
        old, new = (self._envelope(v) for v in self.lists)
        self.assertTrue(unit.accept_trust_list(old))
        self.assertTrue(unit.accept_trust_list(new))
        self.assertEqual(unit.pinned_root, device.unb64(self.all["second_root"]))
        self.assertFalse(unit.accept_trust_list(old))
        self.assertFalse(unit.accept_trust_list(new))
        self.assertEqual(unit.trust_list.version, 2)
        self.assertEqual(unit.reports, [])

    def test_a_list_of_another_root_is_refused(self):
        unit = self._unit()
        unit.pinned_root = device.public_of(signing_key(1))
        with self.assertRaises(device.Refused) as caught:
            unit.accept_trust_list(self._envelope(self.lists[1]))
        self.assertEqual(caught.exception.reason, "root")

    def test_every_request_that_the_vectors_refuse_is_refused_by_its_code(self):
        for v in load("refused.json"):
            with self.subTest(v["why"]), self.assertRaises(device.DocumentError) as caught:
                device.read_request(base64.b64decode(v["bytes"]))
            self.assertEqual(caught.exception.code, v["code"], v["why"])


class TrustLists(unittest.TestCase):
    """What the vectors do not hold: keys that are retired, revoked, or of other products."""

    def setUp(self):
        self.root, self.signer = signing_key(2), signing_key(3)

    def _list(self, version=1, **changes):
        public = device.public_of(self.signer)
        entry = {
            "keyid": device.key_id(public),
            "public_key": device.b64(public),
            "products": ["*"],
            "not_before": "2026-11-22",
            "not_after": None,
            "status": "active",
        } | changes
        root = device.b64(device.public_of(self.root))
        payload = {"version": version, "issued_at": "2026-11-22T05:00:00Z", "root": root,
                   "succession": [], "first_root": root, "keys": [entry]}
        return Envelope.sign("trust-list", device.write_json(payload), self.root)

    def _activation(self, unit, **changes):
        payload = {"activation_id": "01KAMJ4R00N6ZQ3T5V7X9Y1ABC", "sequence": 1,
                   "organization": "acme", "product": "desk", "computer_id": unit.computer_id,
                   "computer_name": "a", "plan": "subscription", "licences": {"seat": 1},
                   "valid_from": "2026-11-22", "valid_until": "2027-11-21",
                   "grace_until": "2027-11-21", "notify_days": [30],
                   "issued_at": "2026-11-22T05:00:00Z", "trust_list": 1} | changes
        return Envelope.sign("activation", device.write_json(payload), self.signer)

    def _install(self, activation=(), **entry):
        root = device.public_of(self.root)
        unit = device.Device(bytes(32), "acme", "desk", "a", {"board": "b"}, root)
        unit.accept_trust_list(self._list(**entry))
        return unit.install(self._activation(unit, **dict(activation)))

    def _reason(self, activation=(), **entry):
        with self.assertRaises(device.Refused) as caught:
            self._install(activation, **entry)
        return caught.exception.reason

    def test_a_revoked_key_signs_nothing(self):
        self.assertEqual(self._reason(status="revoked"), "key")

    def test_a_retired_key_signs_within_its_dates_only(self):
        self._install(status="retired", not_after="2026-11-22")
        self.assertEqual(self._reason(status="retired", not_after="2026-11-21"), "key")

    def test_a_key_signs_activations_of_its_products_only(self):
        self._install(products=["desk", "vms"])
        self.assertEqual(self._reason(products=["vms"]), "products")

    def test_an_unknown_member_is_ignored_unless_it_is_critical(self):
        self._install({"colour": "red"})
        self.assertEqual(self._reason({"colour": "red", "critical": ["colour"]}), "critical")

    def test_an_equal_version_with_other_bytes_is_reported_and_not_stored(self):
        unit = device.Device(
            bytes(32), "acme", "desk", "a", {"board": "b"}, device.public_of(self.root)
        )
        unit.accept_trust_list(self._list())
        self.assertFalse(unit.accept_trust_list(self._list(products=["desk"])))
        self.assertEqual(len(unit.reports), 1)
        self.assertEqual(unit.trust_list.keys[0]["products"], ["*"])

    def test_keys_of_a_list_never_move_or_vanish(self):
        unit = device.Device(
            bytes(32), "acme", "desk", "a", {"board": "b"}, device.public_of(self.root)
        )
        unit.accept_trust_list(self._list())
        self.signer = signing_key(4)
        with self.assertRaises(device.Refused):
            unit.accept_trust_list(self._list(version=2))


class ComputerKeys(unittest.TestCase):
    def setUp(self):
        self.v = load("computer-key.json")

    def test_a_typed_computer_key_means_what_the_vectors_say(self):
        v, key = self.v, device.read_computer_key(self.v["lines"])
        self.assertEqual(key.key_index, 0)
        self.assertEqual(key.plan, v["means"]["plan"])
        for name in ("valid_from", "valid_until", "grace_until"):
            self.assertEqual(getattr(key, name), date.fromisoformat(v["means"][name]))
        self.assertEqual(key.sequence, v["means"]["sequence"])
        self.assertEqual([list(p) for p in key.licences_by_index], v["means"]["licences_by_index"])
        message = key.message(v["organization"], v["product"], v["computer_id"])
        public = device.unb64(v["public_key"], length=32)
        self.assertTrue(device.verify(public, key.signature, message))
        other = key.message(v["organization"], v["product"] + "x", v["computer_id"])
        self.assertFalse(device.verify(public, key.signature, other))

    def test_lines_in_another_order_are_told_apart(self):
        lines = self.v["lines"]
        with self.assertRaises(device.CodeError) as caught:
            device.read_computer_key(lines[1:2] + lines[:1] + lines[2:])
        self.assertEqual((caught.exception.error, caught.exception.fits_kind), ("check", 6))

    def test_surplus_lines_and_filled_padding_are_refused(self):
        lines = list(self.v["lines"])
        with self.assertRaises(device.Refused):
            device.read_computer_key(lines + [device.write_line(5 + len(lines), bytes(15))])
        last = bytearray(device.read_line(4 + len(lines), lines[-1]))
        last[-1] = 1
        with self.assertRaises(device.Refused):
            device.read_computer_key(lines[:-1] + [device.write_line(4 + len(lines), bytes(last))])

    def test_the_last_day_of_the_page_is_the_last_that_a_computer_key_can_state(self):
        self.assertEqual((device.LAST_DAY - device.FIRST_DAY).days, 0xFFFE)


class History(unittest.TestCase):
    def test_heads_chain_over_the_entries(self):
        v = load("history.json")
        self.assertEqual(auditor.heads([e.encode() for e in v["entries"]]), v["heads"])

    def test_the_checkpoint_of_the_vectors_lies_in_the_history_of_the_vectors(self):
        v = load("history.json")
        for answer in load("documents.json")["answers"]:
            if "checkpoint" in answer["envelope"]["payloadType"]:
                payload = device.read_json(device.unb64(answer["envelope"]["payload"]))
                self.assertEqual(v["heads"][payload["size"]], payload["head"])


class Pictures(unittest.TestCase):
    def test_base45_is_that_of_the_standard(self):
        for plain, coded in ((b"AB", "BB8"), (b"Hello!!", "%69 VD92EX0"), (b"ietf!", "QED8WEX0")):
            self.assertEqual(device.base45(plain), coded)
            self.assertEqual(device.unbase45(coded), plain)
        for bad in ("A", ":::", "GGX", "a00", "0:"):
            with self.assertRaises(device.DocumentError):
                device.unbase45(bad)

    def test_two_different_parts_of_one_number_void_the_set(self):
        v = load("documents.json")["requests"][0]
        with self.assertRaises(device.DocumentError):
            device.join_qr(v["qr_parts"] + [v["qr_parts"][0][:-1] + "0"])
        with self.assertRaises(device.PartsMissing):
            device.join_qr(v["qr_parts"][1:])

    def test_no_part_begins_or_ends_with_a_space(self):
        whole = "KS1:" + "A  B" * 900
        for part in device.split_qr(whole, 302):
            characters = part.split(":", 1)[1]
            self.assertEqual(characters, characters.strip(" "))

    def test_bytes_after_the_deflate_stream_are_refused(self):
        frame = device.unbase45(load("documents.json")["requests"][0]["qr_text"][4:])
        Envelope.from_qr("KS1:" + device.base45(frame))
        for bad in (frame + b"\0", frame[:-1], b"\x08" + frame[1:], b"\0" + frame[1:]):
            with self.assertRaises(device.DocumentError):
                Envelope.from_qr("KS1:" + device.base45(bad))
        with self.assertRaises(device.DocumentError) as caught:
            Envelope.from_qr("KS2:" + device.base45(frame))
        self.assertEqual(caught.exception.code, "unsupported-version")


class Zips(unittest.TestCase):
    def _zip(self, entries, method=0):
        import io
        import zipfile

        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for name, data in entries:
                info = zipfile.ZipInfo(name, (2026, 11, 22, 5, 0, 0))
                info.compress_type = method
                archive.writestr(info, data)
        return out.getvalue()

    def test_a_bundle_holds_the_known_names_once_and_stored(self):
        entries = [(n, b"{}") for n in device.ENVELOPE_ENTRIES]
        self.assertEqual(set(device.read_bundle(self._zip(entries))), set(device.ENVELOPE_ENTRIES))
        bad = (
            self._zip(entries + [("../evil", b"")]),
            self._zip(entries, method=8),
            self._zip(entries) + b"\0",
            b"\0" + self._zip(entries),
            self._zip(entries[:2]),
            self._zip(entries[:2] + [("checkpoint.json", bytes(67 * 1024))]),
        )
        for data in bad:
            with self.assertRaises(device.DocumentError):
                device.read_bundle(data)

    def test_the_time_of_an_entry_is_rounded_down_to_two_seconds(self):
        expected = struct.pack("<HH", 5 << 11 | 59 << 5 | 29, 46 << 9 | 11 << 5 | 22)
        self.assertEqual(struct.pack("<HH", *auditor.dos_time("2026-11-22T05:59:59Z")), expected)
        late = auditor.dos_time("2150-01-01T00:00:00Z")
        self.assertEqual(late, auditor.dos_time("2107-12-31T23:59:59Z"))
        self.assertEqual(late, auditor.dos_time("2107-12-31T00:00:00Z"))

    def test_a_computer_name_becomes_a_safe_part_of_a_file_name(self):
        for name, part in (
            ("nvr-lobby-01 東", "nvr-lobby-01"),
            ("東京", "device"),
            ("../../etc/passwd", "etc-passwd"),
            ("a" * 31 + ".b", "a" * 31),
            ("x" * 40, "x" * 32),
        ):
            self.assertEqual(device.computer_part(name), part)


class Signatures(unittest.TestCase):
    def test_keys_of_small_order_or_in_other_spellings_are_refused(self):
        p = 2**255 - 19
        bad = [0, 1, p - 1, p, p + 1, 1 + 2**255, 2**255 - 1]
        for number in bad:
            self.assertFalse(device.good_public_key(number.to_bytes(32, "little")), number)
        self.assertTrue(device.good_public_key(device.public_of(signing_key(5))))

    def test_a_signature_with_a_larger_s_is_refused(self):
        key, order = signing_key(6), 2**252 + 27742317777372353535851937790883648493
        sig = key.sign(b"m")
        s = int.from_bytes(sig[32:], "little") + order
        self.assertTrue(device.verify(device.public_of(key), sig, b"m"))
        stretched = sig[:32] + s.to_bytes(32, "little")
        self.assertFalse(device.verify(device.public_of(key), stretched, b"m"))


if __name__ == "__main__":
    unittest.main()
