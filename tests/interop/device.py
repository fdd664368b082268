"""A Keyspool device, written from the protocol page alone.

It shares no line with the signer: whatever both agree on stands on that page. Sections in the
comments are those of the protocol page, version 1.
"""

import base64
import hashlib
import hmac
import io
import json
import re
import struct
import unicodedata
import zlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

MAX_ENVELOPE = 66 * 1024
MAX_PAYLOAD = 48 * 1024
MAX_PICTURE = 1024 * 1024
MAX_DEPTH = 16
MAX_INTEGER = 2**53 - 1

REQUEST_KINDS = ("system-description", "deactivation", "confirmation")
ANSWER_KINDS = ("activation", "receipt", "refusal", "trust-list", "manifest", "checkpoint")
KNOWN_KINDS = REQUEST_KINDS + ANSWER_KINDS


class DocumentError(ValueError):
    """A document that a reader refuses; `code` is the refusal code of the fault."""

    def __init__(self, code, text):
        super().__init__(f"{code}: {text}")
        self.code = code


class Refused(ValueError):
    """A well-formed document that this device does not accept; `reason` is one word."""

    def __init__(self, reason, text):
        super().__init__(f"{reason}: {text}")
        self.reason = reason


def malformed(text):
    return DocumentError("malformed", text)


# --- section 1: primitives -------------------------------------------------------------------


def sha256(data):
    return hashlib.sha256(data).digest()


def hkdf(ikm, info, length):
    """HKDF-SHA-256 with empty salt, for at most one block (32 bytes)."""
    assert length <= 32
    prk = hmac.digest(bytes(32), ikm, "sha256")
    return hmac.digest(prk, info + b"\x01", "sha256")[:length]


def key_id(public):
    return sha256(public)[:8].hex()


def b64(data):
    return base64.b64encode(data).decode("ascii")


def unb64(text, what="base64", length=None):
    """Canonical base64 with padding, nothing else."""
    if not isinstance(text, str):
        raise malformed(f"{what} is not a string")
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (ValueError, UnicodeEncodeError) as error:
        raise malformed(f"{what}: {error}") from None
    if b64(data) != text:
        raise malformed(f"{what} is not canonical base64")
    if length is not None and len(data) != length:
        raise malformed(f"{what} has {len(data)} bytes, not {length}")
    return data


_P = 2**255 - 19
_D = (-121665 * pow(121666, _P - 2, _P)) % _P


def _point(encoded):
    """The curve point of 32 bytes, or None; the encoding must be the one of its point."""
    if len(encoded) != 32:
        return None
    number = int.from_bytes(encoded, "little")
    sign, y = number >> 255, number & (2**255 - 1)
    if y >= _P:
        return None
    u, v = (y * y - 1) % _P, (_D * y * y + 1) % _P
    x2 = u * pow(v, _P - 2, _P) % _P
    x = pow(x2, (_P + 3) // 8, _P)
    if (x * x - x2) % _P:
        x = x * pow(2, (_P - 1) // 4, _P) % _P
    if (x * x - x2) % _P:
        return None
    if x == 0 and sign:
        return None
    return ((_P - x) % _P if x & 1 != sign else x, y)


def _double(point):
    x, y = point
    t = _D * x * x * y * y % _P
    return (
        2 * x * y * pow(1 + t, _P - 2, _P) % _P,
        (y * y + x * x) * pow(1 - t, _P - 2, _P) % _P,
    )


def _small_order(point):
    return _double(_double(_double(point))) == (0, 1)


def good_public_key(public):
    point = _point(public)
    return point is not None and not _small_order(point)


def verify(public, signature, message):
    """Strict Ed25519: canonical key, R and S, and neither key nor R of small order."""
    if not good_public_key(public) or len(signature) != 64:
        return False
    r = _point(signature[:32])
    if r is None or _small_order(r):
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def public_of(private):
    return private.public_key().public_bytes(
        serialization.Encoding.Raw, serialization.PublicFormat.Raw
    )


# --- section 2: strict JSON ------------------------------------------------------------------


class _Json:
    NUMBER = re.compile(r"0|[1-9][0-9]*")
    SPACE = re.compile(r"[ \t\n\r]*")
    PLAIN = re.compile(r'[^"\\\x00-\x1f]*')
    ESCAPES = dict(zip('"\\/bfnrt', '"\\/\b\f\n\r\t'))

    def __init__(self, text):
        self.text, self.at = text, 0

    def fail(self, what):
        raise malformed(f"{what} at character {self.at}")

    def space(self):
        self.at = self.SPACE.match(self.text, self.at).end()

    def take(self, token):
        if not self.text.startswith(token, self.at):
            self.fail(f"expected {token}")
        self.at += len(token)

    def document(self):
        self.space()
        value = self.value(1)
        self.space()
        if self.at != len(self.text):
            self.fail("bytes after the end")
        return value

    def value(self, depth):
        c = self.text[self.at : self.at + 1]
        if c in ("{", "["):
            if depth > MAX_DEPTH:
                self.fail("nested too deep")
            return self.object(depth) if c == "{" else self.array(depth)
        if c == '"':
            return self.string()
        for word, value in (("true", True), ("false", False), ("null", None)):
            if self.text.startswith(word, self.at):
                self.at += len(word)
                return value
        number = self.NUMBER.match(self.text, self.at)
        if not number:
            self.fail("no value")
        self.at = number.end()
        if self.text[self.at : self.at + 1] in tuple("0123456789.eE+-"):
            self.fail("number is not a plain integer")
        if len(number.group()) > 16 or int(number.group()) > MAX_INTEGER:
            self.fail("number too large")
        return int(number.group())

    def object(self, depth):
        self.take("{")
        members = {}
        self.space()
        if self.text[self.at : self.at + 1] == "}":
            self.at += 1
            return members
        while True:
            self.space()
            name = self.string()
            if name in members:
                self.fail("repeated member name")
            self.space()
            self.take(":")
            self.space()
            members[name] = self.value(depth + 1)
            self.space()
            if self.text[self.at : self.at + 1] == "}":
                self.at += 1
                return members
            self.take(",")

    def array(self, depth):
        self.take("[")
        items = []
        self.space()
        if self.text[self.at : self.at + 1] == "]":
            self.at += 1
            return items
        while True:
            self.space()
            items.append(self.value(depth + 1))
            self.space()
            if self.text[self.at : self.at + 1] == "]":
                self.at += 1
                return items
            self.take(",")

    def string(self):
        self.take('"')
        parts = []
        while True:
            plain = self.PLAIN.match(self.text, self.at)
            parts.append(plain.group())
            self.at = plain.end()
            c = self.text[self.at : self.at + 1]
            if c == '"':
                self.at += 1
                return "".join(parts)
            if c != "\\":
                self.fail("unfinished string or bare control character")
            parts.append(self.escape())

    def escape(self):
        c = self.text[self.at + 1 : self.at + 2]
        if c in self.ESCAPES:
            self.at += 2
            return self.ESCAPES[c]
        unit = self.unit()
        if 0xD800 <= unit <= 0xDBFF:
            low = self.unit()
            if not 0xDC00 <= low <= 0xDFFF:
                self.fail("lone surrogate")
            return chr(0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00))
        if 0xDC00 <= unit <= 0xDFFF:
            self.fail("lone surrogate")
        return chr(unit)

    def unit(self):
        unit = re.compile(r"\\u([0-9A-Fa-f]{4})").match(self.text, self.at)
        if not unit:
            self.fail("bad escape")
        self.at = unit.end()
        return int(unit.group(1), 16)


def read_json(data):
    """Strict JSON of section 2. `None` stands for null and is refused later where not allowed."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise malformed(f"not UTF-8: {error.reason}") from None
    return _Json(text).document()


def write_json(value, indent=None):
    separators = (",", ":") if indent is None else None
    return json.dumps(value, ensure_ascii=False, separators=separators, indent=indent).encode()


# --- section 2: envelope ---------------------------------------------------------------------


def type_of(kind):
    return f"application/vnd.keyspool.{kind}.v1+json"


def kind_of(payload_type):
    """The kind of a payload type of version 1, or the DocumentError that it deserves."""
    match = re.fullmatch(r"application/vnd\.keyspool\.([a-z-]+)\.v([0-9]+)\+json", payload_type)
    if not match or match.group(1) not in KNOWN_KINDS:
        raise DocumentError("unknown-type", "payload type")
    if match.group(2) != "1":
        raise DocumentError("unsupported-version", f"version {match.group(2)}")
    return match.group(1)


@dataclass(frozen=True)
class Envelope:
    payload_type: str
    payload: bytes
    keyid: str
    sig: bytes

    @property
    def kind(self):
        return kind_of(self.payload_type)

    def pae(self):
        kind = self.payload_type.encode()
        return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(self.payload), self.payload)

    def document_id(self):
        return sha256(self.pae()).hex()

    def to_object(self):
        return {
            "payloadType": self.payload_type,
            "payload": b64(self.payload),
            "signatures": [{"keyid": self.keyid, "sig": b64(self.sig)}],
        }

    def to_json(self, indent=None):
        return write_json(self.to_object(), indent)

    def to_qr(self):
        """The `KS1:` text."""
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        packed = packer.compress(self.payload) + packer.flush()
        kind = bytes([QR_KINDS.index(self.kind) + 1])
        return "KS1:" + base45(kind + bytes.fromhex(self.keyid) + self.sig + packed)

    @staticmethod
    def sign(kind, payload, private):
        public = public_of(private)
        bare = Envelope(type_of(kind), payload, key_id(public), b"")
        return Envelope(bare.payload_type, payload, bare.keyid, private.sign(bare.pae()))

    @staticmethod
    def from_object(value):
        _members(value, ("payloadType", "payload", "signatures"), (), "envelope")
        if not isinstance(value["payloadType"], str):
            raise malformed("payloadType is not a string")
        kind_of(value["payloadType"])
        payload = unb64(value["payload"], "payload")
        if len(payload) > MAX_PAYLOAD:
            raise DocumentError("too-large", f"payload of {len(payload)} bytes")
        signatures = value["signatures"]
        if not isinstance(signatures, list) or len(signatures) != 1:
            raise malformed("not exactly one signature")
        _members(signatures[0], ("keyid", "sig"), (), "signature")
        _hex(signatures[0]["keyid"], 16, "keyid")
        sig = unb64(signatures[0]["sig"], "sig", 64)
        return Envelope(value["payloadType"], payload, signatures[0]["keyid"], sig)

    @staticmethod
    def from_json(data):
        if len(data) > MAX_ENVELOPE:
            raise DocumentError("too-large", f"envelope of {len(data)} bytes")
        value = read_json(data)
        if not isinstance(value, dict):
            raise malformed("envelope is not an object")
        return Envelope.from_object(value)

    @staticmethod
    def from_qr(text):
        if re.match(r"KS[02-9]", text):
            raise DocumentError("unsupported-version", text[:4])
        if not text.startswith("KS1:"):
            raise malformed("no KS1 text")
        frame = unbase45(text[4:])
        if len(frame) < 73:
            raise malformed("frame too short")
        if not 1 <= frame[0] <= len(QR_KINDS):
            raise DocumentError("unknown-type", f"QR kind {frame[0]}")
        inflater = zlib.decompressobj(-15)
        try:
            payload = inflater.decompress(frame[73:], MAX_PAYLOAD + 1)
        except zlib.error as error:
            raise malformed(f"deflate: {error}") from None
        if len(payload) > MAX_PAYLOAD:
            raise DocumentError("too-large", "inflated payload")
        if not inflater.eof or inflater.unused_data or inflater.unconsumed_tail:
            raise malformed("deflate stream cut, or bytes after it")
        return Envelope(
            type_of(QR_KINDS[frame[0] - 1]), payload, frame[1:9].hex(), bytes(frame[9:73])
        )


def _members(value, required, optional, what):
    """An object with all the required members and none beside the optional; nulls refused."""
    if not isinstance(value, dict):
        raise malformed(f"{what} is not an object")
    for name in required:
        if name not in value:
            raise malformed(f"{what}: member {name} is missing")
    for name, member in value.items():
        if name not in required and name not in optional:
            raise malformed(f"{what}: unknown member")
        if member is None:
            raise malformed(f"{what}: member {name} is null")


def _hex(value, digits, what):
    if not isinstance(value, str) or not re.fullmatch(r"[0-9a-f]{%d}" % digits, value):
        raise malformed(f"{what} is not {digits} lower-case hex digits")
    return value


# --- section 3: identifiers ------------------------------------------------------------------

FIRST_DAY, LAST_DAY = date(2020, 1, 1), date(2199, 6, 5)
IDENTIFIER = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?")
ULID = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")


def identifier(value, what="identifier"):
    if not isinstance(value, str) or not IDENTIFIER.fullmatch(value):
        raise malformed(f"{what} is not an identifier")
    return value


def text(value, most, what):
    if not isinstance(value, str) or not 1 <= len(value) <= most:
        raise malformed(f"{what} has not 1 to {most} characters")
    for c in value:
        if unicodedata.category(c) in ("Cc", "Cf") or c in "\u2028\u2029":
            raise malformed(f"{what} has a control or format character")
    return value


def integer(value, least, most, what):
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise malformed(f"{what} is not an integer of {least} to {most}")
    return value


def ulid(value, what):
    if not isinstance(value, str) or not ULID.fullmatch(value):
        raise malformed(f"{what} is not a ULID")
    return value


def day(value, what="date"):
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value, re.A):
        raise malformed(f"{what} is not a date")
    try:
        found = date.fromisoformat(value)
    except ValueError:
        raise malformed(f"{what} is no real day") from None
    if not FIRST_DAY <= found <= LAST_DAY:
        raise malformed(f"{what} is out of range")
    return found


def time(value, what="time"):
    form = r"[0-9-]{10}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z"
    if not isinstance(value, str) or not re.fullmatch(form, value, re.A):
        raise malformed(f"{what} is not a time")
    day(value[:10], what)
    return datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ")


def counts(value, least, most, what):
    if not isinstance(value, dict) or not least <= len(value) <= 64:
        raise malformed(f"{what} has not {least} to 64 members")
    for name, count in value.items():
        identifier(name, what)
        integer(count, least, most, what)
    return value


# --- section 6.1: lines ----------------------------------------------------------------------

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SKIPPED = frozenset(" \t\r\n\u00a0-\u2010\u2011\u2012\u2013\u2014\u2015")
COMPUTER_ID, VERIFICATION_CODE, LICENCE_KEY, COMPUTER_KEY = 1, 2, 3, 5
KINDS = frozenset((1, 2, 3)) | frozenset(range(5, 32))


class CodeError(ValueError):
    """`error` is `length`, `alphabet` or `check`; `fits_kind` a kind that would fit, or None."""

    def __init__(self, error, fits_kind=None):
        super().__init__(error if fits_kind is None else f"{error}, fits kind {fits_kind}")
        self.error, self.fits_kind = error, fits_kind


def _times(a, b):
    product = 0
    while b:
        if b & 1:
            product ^= a
        a <<= 1
        if a & 32:
            a ^= 0b100101
        b >>= 1
    return product


_POWERS = [1]
for _ in range(31):
    _POWERS.append(_times(_POWERS[-1], 2))


def _check(values, kind):
    total = _times(kind, _POWERS[25])
    for i, value in enumerate(values):
        total ^= _times(value, _POWERS[i + 1])
    return total


def write_line(kind, data):
    assert len(data) == 15 and kind in KINDS
    number = int.from_bytes(data, "big")
    values = [(number >> (5 * (23 - i))) & 31 for i in range(24)]
    values.append(_check(values, kind))
    characters = "".join(ALPHABET[v] for v in values)
    return "-".join(characters[i : i + 5] for i in range(0, 25, 5))


def read_line(kind, typed):
    """The 15 bytes of a typed line of this kind."""
    values = []
    for c in typed:
        if c in SKIPPED:
            continue
        if "a" <= c <= "z":
            c = c.upper()
        c = {"O": "0", "I": "1", "L": "1"}.get(c, c)
        if c not in ALPHABET:
            raise CodeError("alphabet")
        values.append(ALPHABET.index(c))
    if len(values) != 25:
        raise CodeError("length")
    if _check(values[:24], kind) != values[24]:
        fits = [k for k in sorted(KINDS) if _check(values[:24], k) == values[24]]
        raise CodeError("check", fits[0] if fits else None)
    number = 0
    for value in values[:24]:
        number = number << 5 | value
    return number.to_bytes(15, "big")


def canonical_code(kind, value, what):
    """A code in a document: canonical form only."""
    if not isinstance(value, str):
        raise malformed(f"{what} is not a string")
    try:
        canonical = write_line(kind, read_line(kind, value))
    except CodeError as error:
        raise malformed(f"{what}: {error}") from None
    if canonical != value:
        raise malformed(f"{what} is not in canonical form")
    return value


# --- section 6.2, 6.3: secret, generations, Computer ID ---------------------------------------


@dataclass(frozen=True)
class Generation:
    """What a device derives for one generation; `r` is secret until it is given up."""

    r: bytes
    private: Ed25519PrivateKey
    public: bytes
    computer_id: str

    def __repr__(self):
        return f"Generation({self.computer_id})"

    @property
    def verification_code(self):
        return write_line(VERIFICATION_CODE, self.r)


def generation_of(r):
    seed = hkdf(r, b"keyspool/device-key/v1", 32)
    private = Ed25519PrivateKey.from_private_bytes(seed)
    public = public_of(private)
    return Generation(r, private, public, computer_id_of(public))


def generation(secret, product, number):
    info = b"keyspool/generation/v1\0" + product.encode() + b"\0" + struct.pack(">I", number)
    return generation_of(hkdf(secret, info, 15))


def computer_id_of(public):
    return write_line(COMPUTER_ID, sha256(b"keyspool/computer-id/v1\0" + public)[:15])


# --- section 4: fingerprints and proofs -------------------------------------------------------


def fingerprint_value(product, component, raw):
    parts = ("keyspool/fingerprint/v1", product, component, raw)
    return sha256("\0".join(parts).encode())[:8].hex()


def licence_key_id(key):
    return sha256(b"keyspool/licence-key/v1\0" + key)[:8].hex()


def redeem_proof(key, organization, public, counter):
    message = b"keyspool/redeem/v1\0" + organization.encode() + b"\0" + public
    return b64(hmac.digest(key, message + struct.pack(">Q", counter), "sha256"))


# --- section 4: reading requests, as the signer must ------------------------------------------

_EVERY = ("organization", "product", "computer_id", "device_key", "counter", "created_at")
_EVERY_OPTIONAL = ("witness", "extensions")


def read_request(data):
    """The envelope and payload of a request file, or the DocumentError with its refusal code."""
    if data[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        raise DocumentError("archive-not-accepted", "zip")
    return check_request(Envelope.from_json(data))


def check_request(envelope):
    if envelope.kind not in REQUEST_KINDS:
        raise DocumentError("unknown-type", envelope.kind)
    payload = read_json(envelope.payload)
    if not isinstance(payload, dict):
        raise malformed("payload is not an object")
    public = unb64(payload.get("device_key"), "device_key", 32)
    if envelope.keyid != key_id(public):
        raise malformed("keyid is not that of the device key")
    if not verify(public, envelope.sig, envelope.pae()):
        raise DocumentError("bad-signature", "the device's signature does not fit")
    _check_request_members(envelope.kind, payload, public)
    return envelope, payload


def _check_request_members(kind, payload, public):
    own = {
        "system-description": (
            ("request", "product_version", "computer_name", "fingerprint", "need"),
            ("redeem", "serial", "activation"),
        ),
        "deactivation": (("activation", "verification_code", "reason"), ()),
        "confirmation": (("activation",), ()),
    }[kind]
    _members(payload, _EVERY + own[0], _EVERY_OPTIONAL + own[1], kind)
    identifier(payload["organization"], "organization")
    identifier(payload["product"], "product")
    canonical_code(COMPUTER_ID, payload["computer_id"], "computer_id")
    if payload["computer_id"] != computer_id_of(public):
        raise malformed("computer_id is not the one of the device key")
    integer(payload["counter"], 1, MAX_INTEGER, "counter")
    time(payload["created_at"], "created_at")
    if "witness" in payload and not isinstance(payload["witness"], dict):
        raise malformed("witness is not an object")
    if "extensions" in payload:
        _check_extensions(payload["extensions"])
    if "activation" in payload:
        id_optional = kind == "system-description"
        required = ("sequence",) if id_optional else ("id", "sequence")
        _members(payload["activation"], required, ("id",) if id_optional else (), "activation")
        if "id" in payload["activation"]:
            ulid(payload["activation"]["id"], "activation id")
        integer(payload["activation"]["sequence"], 1, 65535, "sequence")
    if kind == "system-description":
        _check_description(payload)
    if kind == "deactivation":
        canonical_code(VERIFICATION_CODE, payload["verification_code"], "verification_code")
        _one_of(payload["reason"], ("moved", "retired", "replaced", "other"), "reason")


def _check_description(payload):
    _one_of(payload["request"], ("activate", "extend", "refresh", "trial"), "request")
    text(payload["product_version"], 64, "product_version")
    text(payload["computer_name"], 128, "computer_name")
    if "serial" in payload:
        text(payload["serial"], 64, "serial")
    _check_fingerprint(payload["fingerprint"])
    counts(payload["need"], 1, 1_000_000, "need")
    if "redeem" in payload:
        redeem = payload["redeem"]
        if not isinstance(redeem, list) or not 1 <= len(redeem) <= 64:
            raise malformed("redeem has not 1 to 64 entries")
        for entry in redeem:
            _members(entry, ("id", "proof"), (), "redeem")
            _hex(entry["id"], 16, "redeem id")
            unb64(entry["proof"], "proof", 32)


def _check_fingerprint(value):
    if not isinstance(value, dict) or not 1 <= len(value) <= 16:
        raise malformed("fingerprint has not 1 to 16 members")
    for component, digits in value.items():
        identifier(component, "fingerprint component")
        _hex(digits, 16, "fingerprint")


def _check_extensions(value):
    if not isinstance(value, dict) or len(value) > 16 or len(write_json(value)) > 4096:
        raise malformed("extensions: not an object of at most 16 members and 4 KiB")
    pending = list(value.values())
    while pending:
        item = pending.pop()
        if item is None:
            raise malformed("extensions: null")
        if isinstance(item, dict):
            pending.extend(item.values())
        elif isinstance(item, list):
            pending.extend(item)


def _one_of(value, allowed, what):
    if value not in allowed:
        raise malformed(f"{what} is none of {', '.join(allowed)}")


# --- section 5: reading answers ---------------------------------------------------------------

_ANSWERS = {
    "activation": (
        "activation_id sequence organization product computer_id computer_name plan licences "
        "valid_from valid_until grace_until notify_days issued_at trust_list",
        "request fingerprint fingerprint_min_match extensions",
    ),
    "receipt": (
        "activation_id sequence organization product computer_id request licences destination "
        "issued_at",
        "",
    ),
    "refusal": (
        "code message remedy file digest issued_at",
        "request computer_id organization product",
    ),
    "trust-list": ("version issued_at root succession first_root keys", ""),
    "manifest": ("batch issued_at count entries_sha256 checkpoint", ""),
    "checkpoint": ("origin size head issued_at", ""),
}
_NULLABLE = ("valid_until", "grace_until")
PLANS = ("trial", "grace", "subscription", "hardware", "emergency")


def answer_payload(envelope, kind):
    """The payload of a document from the signer whose signature was verified, its shape checked."""
    payload = read_json(envelope.payload)
    if not isinstance(payload, dict):
        raise malformed("payload is not an object")
    required, optional = (names.split() for names in _ANSWERS[kind])
    critical = payload.get("critical", [])
    if not isinstance(critical, list) or not all(isinstance(c, str) for c in critical):
        raise malformed("critical is not an array of strings")
    known = set(required) | set(optional) | {"critical"}
    unknown = [name for name in payload if name not in known]
    if set(critical) & set(unknown):
        raise Refused("critical", "an unknown member is critical")
    for name in required:
        if name not in payload:
            raise malformed(f"{kind}: member {name} is missing")
    for name in known & set(payload):
        if payload[name] is None and name not in _NULLABLE:
            raise malformed(f"{kind}: member {name} is null")
    _ANSWER_CHECKS[kind](payload)
    return payload


def _check_activation(p):
    _check_holder(p)
    text(p["computer_name"], 128, "computer_name")
    if ("fingerprint" in p) != ("fingerprint_min_match" in p):
        raise malformed("fingerprint without fingerprint_min_match, or the reverse")
    if "fingerprint" in p:
        _check_fingerprint(p["fingerprint"])
        integer(p["fingerprint_min_match"], 1, len(p["fingerprint"]), "fingerprint_min_match")
    if "request" in p:
        _hex(p["request"], 64, "request")
    _one_of(p["plan"], PLANS, "plan")
    first = day(p["valid_from"], "valid_from")
    if (p["valid_until"] is None) != (p["grace_until"] is None):
        raise malformed("one of valid_until and grace_until is null")
    if p["valid_until"] is not None:
        last = day(p["valid_until"], "valid_until")
        if last < first or day(p["grace_until"], "grace_until") < last:
            raise malformed("dates out of order")
    notify = p["notify_days"]
    if not isinstance(notify, list) or len(notify) > 8:
        raise malformed("notify_days is not an array of at most 8")
    for n in notify:
        integer(n, 0, MAX_INTEGER, "notify_days")
    if any(a <= b for a, b in zip(notify, notify[1:])):
        raise malformed("notify_days does not fall")
    integer(p["trust_list"], 1, MAX_INTEGER, "trust_list")
    if "extensions" in p and not isinstance(p["extensions"], dict):
        raise malformed("extensions is not an object")


def _check_holder(p):
    ulid(p["activation_id"], "activation_id")
    integer(p["sequence"], 1, 65535, "sequence")
    identifier(p["organization"], "organization")
    identifier(p["product"], "product")
    canonical_code(COMPUTER_ID, p["computer_id"], "computer_id")
    counts(p["licences"], 0, MAX_INTEGER, "licences")
    time(p["issued_at"], "issued_at")


def _check_receipt(p):
    _check_holder(p)
    _hex(p["request"], 64, "request")
    _one_of(p["destination"], ("wallet", "held", "none"), "destination")


def _check_refusal(p):
    if not isinstance(p["code"], str) or not re.fullmatch(r"[a-z]+(-[a-z]+)*", p["code"]):
        raise malformed("code is not lower-case words")
    for name in ("message", "remedy", "file"):
        if not isinstance(p[name], str) or not p[name]:
            raise malformed(f"{name} is no text")
        if any(unicodedata.category(c) in ("Cc", "Cf") for c in p[name]):
            raise malformed(f"{name} has a control or format character")
    _hex(p["digest"], 64, "digest")
    time(p["issued_at"], "issued_at")


def _check_checkpoint(p):
    _hex(p["origin"], 16, "origin")
    integer(p["size"], 0, MAX_INTEGER, "size")
    _hex(p["head"], 64, "head")
    if "issued_at" in p:
        time(p["issued_at"], "issued_at")


def _check_manifest(p):
    ulid(p["batch"], "batch")
    time(p["issued_at"], "issued_at")
    integer(p["count"], 0, MAX_INTEGER, "count")
    _hex(p["entries_sha256"], 64, "entries_sha256")
    names = {"origin", "size", "head"}
    if not isinstance(p["checkpoint"], dict) or not names <= set(p["checkpoint"]):
        raise malformed("checkpoint of the manifest")
    _check_checkpoint(p["checkpoint"])


def _check_trust_list(p):
    integer(p["version"], 1, MAX_INTEGER, "version")
    time(p["issued_at"], "issued_at")
    unb64(p["root"], "root", 32)
    unb64(p["first_root"], "first_root", 32)
    if not isinstance(p["succession"], list) or len(p["succession"]) > 64:
        raise malformed("succession is not an array of at most 64")
    for step in p["succession"]:
        if not isinstance(step, dict) or not {"root", "signature"} <= set(step):
            raise malformed("succession step")
        unb64(step["root"], "root", 32)
        unb64(step["signature"], "signature", 64)
    if not isinstance(p["keys"], list) or not 1 <= len(p["keys"]) <= 64:
        raise malformed("keys is not an array of 1 to 64")
    for entry in p["keys"]:
        _check_trusted_key(entry)


def _check_trusted_key(entry):
    names = {"keyid", "public_key", "products", "not_before", "not_after", "status"}
    if not isinstance(entry, dict) or not names <= set(entry):
        raise malformed("key of the trust list")
    public = unb64(entry["public_key"], "public_key", 32)
    if entry["keyid"] != key_id(public):
        raise malformed("keyid is not that of the public key")
    if not isinstance(entry["products"], list):
        raise malformed("products is not an array")
    if entry["products"] != ["*"]:
        for product in entry["products"]:
            identifier(product, "products")
    for name in ("not_before", "not_after"):
        if entry[name] is not None:
            day(entry[name], name)
    _one_of(entry["status"], ("active", "retired", "revoked"), "status")


_ANSWER_CHECKS = {
    "activation": _check_activation,
    "receipt": _check_receipt,
    "refusal": _check_refusal,
    "trust-list": _check_trust_list,
    "manifest": _check_manifest,
    "checkpoint": _check_checkpoint,
}


# --- section 5.4: trust list ------------------------------------------------------------------


def walk_roots(pinned, payload):
    """Whether the succession leads from the pinned root to the list's root."""
    roots = [unb64(payload["first_root"])] + [unb64(s["root"]) for s in payload["succession"]]
    if roots[-1] != unb64(payload["root"]) or pinned not in roots:
        return False
    for i in range(roots.index(pinned), len(roots) - 1):
        message = b"keyspool/root/v1\0" + roots[i] + roots[i + 1]
        if not verify(roots[i], unb64(payload["succession"][i]["signature"]), message):
            return False
    return True


class TrustList:
    """A trust list whose signature and succession were verified from a pinned root."""

    def __init__(self, envelope, pinned):
        if envelope.kind != "trust-list":
            raise Refused("type", envelope.kind)
        # `root` verifies the list that carries it; it counts only if the pinned root leads to it.
        unverified = read_json(envelope.payload)
        if not isinstance(unverified, dict):
            raise malformed("payload is not an object")
        root = unb64(unverified.get("root"), "root", 32)
        if envelope.keyid != key_id(root):
            raise malformed("keyid is not that of the root")
        if not verify(root, envelope.sig, envelope.pae()):
            raise Refused("signature", "trust list")
        self.payload = answer_payload(envelope, "trust-list")
        if not walk_roots(pinned, self.payload):
            raise Refused("root", "the pinned root does not lead to the list's root")
        self.envelope, self.root = envelope, root
        self.version, self.keys = self.payload["version"], self.payload["keys"]

    def entry(self, keyid):
        for entry in self.keys:
            if entry["keyid"] == keyid:
                return entry
        return None

    def allows(self, entry, on):
        """Whether this key may have signed on a day."""
        if entry["status"] == "active":
            return True
        if entry["status"] == "revoked":
            return False
        before, after = entry["not_before"], entry["not_after"]
        return (before is None or day(before) <= on) and (after is None or on <= day(after))

    def read(self, envelope, kind):
        """The payload of a document signed by a key of this list."""
        if envelope.kind != kind:
            raise Refused("type", f"{envelope.kind} where {kind} belongs")
        entry = self.entry(envelope.keyid)
        if entry is None:
            raise Refused("key", f"key {envelope.keyid} is not on the trust list")
        if not verify(unb64(entry["public_key"]), envelope.sig, envelope.pae()):
            raise Refused("signature", kind)
        payload = answer_payload(envelope, kind)
        if not self.allows(entry, time(payload["issued_at"]).date()):
            raise Refused("key", f"key {envelope.keyid} is {entry['status']}")
        if kind == "activation" and not _covers(entry, payload["product"]):
            raise Refused("products", f"key {envelope.keyid} does not sign for this product")
        return payload


def _covers(entry, product):
    return entry["products"] == ["*"] or product in entry["products"]


# --- section 7: QR ----------------------------------------------------------------------------

QR_KINDS = (
    "system-description",
    "deactivation",
    "activation",
    "receipt",
    "trust-list",
    "confirmation",
    "refusal",
)
BASE45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
MAX_QR_TEXT, MAX_PART = 1200, 1180
PART = re.compile(r"KS1-([1-9][0-9]?)-([1-9][0-9]?)-([0-9A-F]{8}):(.*)", re.S)


def base45(data):
    out = []
    for i in range(0, len(data), 2):
        pair = data[i : i + 2]
        number = int.from_bytes(pair, "big")
        for _ in range(len(pair) + 1):
            number, digit = divmod(number, 45)
            out.append(BASE45[digit])
    return "".join(out)


def unbase45(characters):
    out = bytearray()
    try:
        digits = [BASE45.index(c) for c in characters]
    except ValueError:
        raise malformed("not base45") from None
    for i in range(0, len(digits), 3):
        group = digits[i : i + 3]
        if len(group) == 1:
            raise malformed("base45 of a wrong length")
        number = sum(d * 45**j for j, d in enumerate(group))
        if number >= 256 ** (len(group) - 1):
            raise malformed("base45 group too large")
        out += number.to_bytes(len(group) - 1, "big")
    return bytes(out)


def split_qr(whole, most=MAX_PART):
    """The parts of a text, none beginning or ending with a space."""
    cuts, at = [], 0
    while at < len(whole):
        end = min(at + most, len(whole))
        while end < len(whole) and (whole[end] == " " or whole[end - 1] == " "):
            end -= 1
        cuts.append(whole[at:end])
        at = end
    if not 2 <= len(cuts) <= 32:
        raise ValueError(f"{len(cuts)} parts")
    tag = sha256(whole.encode()).hex()[:8].upper()
    return [f"KS1-{i}-{len(cuts)}-{tag}:{c}" for i, c in enumerate(cuts, 1)]


def qr_lines(envelope):
    """What is written as QR: one text, or the parts of a long one."""
    whole = envelope.to_qr()
    return [whole] if len(whole) <= MAX_QR_TEXT else split_qr(whole)


class PartsMissing(DocumentError):
    def __init__(self, missing):
        super().__init__("parts-missing", f"parts {missing}")
        self.missing = missing


def join_qr(lines):
    """All documents in QR lines, in any order and with repeats; parts joined."""
    wholes, sets = [], {}
    for line in lines:
        if not line.startswith("KS1-"):
            wholes.append(line)
            continue
        part = PART.fullmatch(line)
        if not part:
            raise malformed("part")
        i, n, tag, characters = int(part[1]), int(part[2]), part[3], part[4]
        if not (2 <= n <= 32 and 1 <= i <= n):
            raise malformed("part number")
        if not 1 <= len(characters) <= MAX_PART or characters != characters.strip(" "):
            raise malformed("part too long, empty, or with a space at an end")
        known = sets.setdefault((n, tag), {})
        if known.setdefault(i, characters) != characters:
            raise malformed("two different parts of one number")
    for (n, tag), parts in sets.items():
        if len(parts) < n:
            raise PartsMissing([i for i in range(1, n + 1) if i not in parts])
        whole = "".join(parts[i] for i in range(1, n + 1))
        if sha256(whole.encode()).hex()[:8].upper() != tag:
            raise malformed("parts do not fit their tag")
        wholes.append(whole)
    found = {}
    for whole in wholes:
        envelope = Envelope.from_qr(whole)
        found.setdefault(envelope.document_id(), envelope)
    return list(found.values())


def lines_of_text_file(data):
    """The codes of a text file: only CR and LF end a line, empty lines are none."""
    return [line for line in re.split(r"[\r\n]", data.decode("utf-8")) if line]


def lines_of_picture(data):
    """The QR texts of a picture, read by another library than the signer's."""
    import zxingcpp
    from PIL import Image

    image = Image.open(io.BytesIO(data)).convert("L")
    found = zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.QRCode)
    return [barcode.text for barcode in found]


# --- section 8: bundle ------------------------------------------------------------------------

ENTRY_NAMES = (
    "activation.json",
    "trust-list.json",
    "checkpoint.json",
    "qr.png",
    "README.txt",
    "computer-key.txt",
    "trust-list.png",
)
ENVELOPE_ENTRIES = ENTRY_NAMES[:3]
OPTIONAL_ENTRIES = ENTRY_NAMES[5:]


def computer_part(computer_name):
    """The computer's part of a file name."""
    part = re.sub(r"[^A-Za-z0-9]+", "-", computer_name)[:32].strip("-")
    return part or "device"


def answer_stem(payload, computer_name):
    return f"{computer_part(computer_name)}_{payload['activation_id']}_{payload['sequence']}"


@dataclass(frozen=True)
class ZipEntry:
    name: str
    data: bytes
    dos_time: int
    dos_date: int


def read_zip(data):
    """The entries of a zip in the narrow form of section 8, in order; anything else is refused."""
    if len(data) < 22 or data[-22:-18] != b"PK\x05\x06":
        raise malformed("zip: no end record at the end")
    disk, start_disk, here, count, size, start, comment = struct.unpack("<HHHHIIH", data[-18:])
    if disk or start_disk or here != count or comment or start + size != len(data) - 22:
        raise malformed("zip: end record")
    entries, at, expected = [], start, 0
    for _ in range(count):
        if data[at : at + 4] != b"PK\x01\x02" or at + 46 > len(data):
            raise malformed("zip: central directory")
        (_, _, flags, method, dos_time, dos_date, crc, packed, plain, name_length, extra, note,
         entry_disk, _, _, offset) = struct.unpack("<HHHHHHIIIHHHHHII", data[at + 4 : at + 46])
        name_bytes = data[at + 46 : at + 46 + name_length]
        if method or flags & ~0x0800 or extra or note or entry_disk or packed != plain:
            raise malformed("zip: entry not stored, or with flags, extra fields or a note")
        if offset != expected:
            raise malformed("zip: gap or overlap between entries")
        local = data[offset : offset + 30]
        if len(local) != 30 or local[:4] != b"PK\x03\x04":
            raise malformed("zip: local header")
        (_, l_flags, l_method, l_time, l_date, l_crc, l_packed, l_plain, l_name,
         l_extra) = struct.unpack("<HHHHHIIIHH", local[4:])
        if (l_flags, l_method, l_time, l_date, l_crc, l_packed, l_plain, l_name, l_extra) != (
            flags, method, dos_time, dos_date, crc, packed, plain, name_length, 0
        ):
            raise malformed("zip: local header differs from the central directory")
        begin = offset + 30 + name_length
        if data[offset + 30 : begin] != name_bytes or begin + plain > start:
            raise malformed("zip: entry name or length")
        content = data[begin : begin + plain]
        if zlib.crc32(content) != crc:
            raise malformed("zip: checksum")
        try:
            name = name_bytes.decode("ascii")
        except UnicodeDecodeError:
            raise malformed("zip: entry name") from None
        entries.append(ZipEntry(name, content, dos_time, dos_date))
        expected, at = begin + plain, at + 46 + name_length
    if expected != start or at != start + size:
        raise malformed("zip: bytes between the entries and the directory")
    return entries


def read_bundle(data):
    """Entry name to bytes: only the known names, each once, within their limits."""
    found = {}
    for entry in read_zip(data):
        if entry.name not in ENTRY_NAMES or entry.name in found:
            raise malformed("bundle: unknown or repeated entry")
        limit = MAX_PICTURE if entry.name.endswith(".png") else MAX_ENVELOPE
        if len(entry.data) > limit:
            raise DocumentError("too-large", f"bundle: {entry.name}")
        found[entry.name] = entry.data
    for name in ENVELOPE_ENTRIES:
        if name not in found:
            raise malformed(f"bundle: {name} is missing")
    return found


# --- section 6.5: Computer Key ----------------------------------------------------------------


@dataclass(frozen=True)
class ComputerKey:
    key_index: int
    plan: str
    valid_from: date
    valid_until: date
    grace_until: date
    sequence: int
    licences_by_index: tuple
    signed: bytes
    signature: bytes

    def message(self, organization, product, computer_id):
        head = ("keyspool/computer-key/v1", organization, product, computer_id.replace("-", ""))
        return "\0".join(head).encode() + b"\0" + self.signed


def read_computer_key(lines):
    """The values of typed Computer Key lines, first to last; the signature is not yet verified."""
    data = b"".join(read_line(COMPUTER_KEY + i, line) for i, line in enumerate(lines))
    if len(data) < 12:
        raise Refused("computer-key", "too few lines")
    version, index, plan, first, last, grace, sequence, n = struct.unpack(">BBBHHHHB", data[:12])
    if version != 1:
        raise Refused("computer-key", f"version {version}")
    end = 12 + 5 * n
    whole = -(-(end + 64) // 15) * 15
    if len(data) != whole:
        raise Refused("computer-key", f"{len(data) // 15} lines where {whole // 15} belong")
    if any(data[end + 64 :]):
        raise Refused("computer-key", "padding is not zero")
    if plan >= len(PLANS) or sequence == 0:
        raise Refused("computer-key", "plan or sequence")
    pairs = tuple(struct.unpack(">BI", data[12 + 5 * i : 17 + 5 * i]) for i in range(n))
    if len({index for index, _ in pairs}) != n:
        raise Refused("computer-key", "a licence type twice")
    if last == 0xFFFF and grace:
        raise Refused("computer-key", "grace without an end")
    if first == 0xFFFF:
        raise Refused("computer-key", "no first day")
    until = None if last == 0xFFFF else FIRST_DAY + timedelta(last)
    return ComputerKey(
        index, PLANS[plan], FIRST_DAY + timedelta(first), until,
        None if until is None else until + timedelta(grace),
        sequence, pairs, data[:end], data[end : end + 64],
    )


# --- the device -------------------------------------------------------------------------------


class Device:
    """One product on one device. `raw` maps fingerprint components to what they read."""

    def __init__(self, secret, organization, product, name, raw, root, licence_types=("seat",)):
        self._secret = secret
        self.organization, self.product, self.name = organization, product, name
        self.raw, self.pinned_root, self.licence_types = dict(raw), root, tuple(licence_types)
        self.version, self.serial = "5.8.2", None
        self.generation, self.counter = 1, 0
        self.installed, self.highest_sequence = None, 0
        self.trust_list, self.checkpoint, self._checkpoint_envelope = None, None, None
        self.reports = []

    def __repr__(self):
        return f"Device({self.name}, {self.computer_id})"

    @property
    def now_generation(self):
        return generation(self._secret, self.product, self.generation)

    @property
    def computer_id(self):
        return self.now_generation.computer_id

    @property
    def fingerprint(self):
        return {c: fingerprint_value(self.product, c, r) for c, r in self.raw.items()}

    # requests

    def _common(self, now, witness, counter=None):
        if counter is None:
            self.counter += 1
            counter = self.counter
        own = self.now_generation
        payload = {
            "organization": self.organization,
            "product": self.product,
            "computer_id": own.computer_id,
            "device_key": b64(own.public),
            "counter": counter,
            "created_at": now,
        }
        if witness is True and self._checkpoint_envelope is not None:
            payload["witness"] = self._checkpoint_envelope.to_object()
        elif isinstance(witness, dict):
            payload["witness"] = witness
        return own, payload

    def describe(self, now, need, request="activate", keys=(), witness=True, extensions=None,
                 counter=None, change=None):
        """A system-description; `keys` are typed licence keys, `change` edits the payload last."""
        own, payload = self._common(now, witness, counter)
        payload |= {
            "request": request,
            "product_version": self.version,
            "computer_name": self.name,
            "fingerprint": self.fingerprint,
            "need": dict(need),
        }
        if keys:
            payload["redeem"] = [
                {
                    "id": licence_key_id(key),
                    "proof": redeem_proof(key, self.organization, own.public, payload["counter"]),
                }
                for key in (read_line(LICENCE_KEY, typed) for typed in keys)
            ]
        if self.serial is not None:
            payload["serial"] = self.serial
        if self.installed is not None:
            payload["activation"] = self._installed()
        if extensions is not None:
            payload["extensions"] = extensions
        if change is not None:
            change(payload)
        return Envelope.sign("system-description", write_json(payload), own.private)

    def _installed(self):
        found = {"sequence": self.installed["sequence"]}
        if "activation_id" in self.installed:
            found = {"id": self.installed["activation_id"]} | found
        return found

    def confirm(self, now, witness=True):
        own, payload = self._common(now, witness)
        payload["activation"] = self._installed()
        return Envelope.sign("confirmation", write_json(payload), own.private)

    def deactivate(self, now, reason="moved", witness=True):
        """Moves to the next generation for good, then states that the present one is given up."""
        own, payload = self._common(now, witness)
        payload["activation"] = self._installed()
        payload["verification_code"] = own.verification_code
        payload["reason"] = reason
        self.generation, self.counter = self.generation + 1, 0
        self.installed, self.highest_sequence = None, 0
        return Envelope.sign("deactivation", write_json(payload), own.private)

    # answers

    def accept_trust_list(self, envelope):
        try:
            offered = TrustList(envelope, self.pinned_root)
        except Refused as refusal:
            # A list from before the pinned root cannot be walked; its version says that it is old.
            if refusal.reason == "root" and self._outdated(envelope):
                return False
            raise
        if self.trust_list is not None:
            if offered.version < self.trust_list.version:
                return False
            if offered.version == self.trust_list.version:
                if offered.envelope.pae() != self.trust_list.envelope.pae():
                    self.reports.append("trust list of an equal version with other bytes")
                return False
            old = [entry["public_key"] for entry in self.trust_list.keys]
            if [entry["public_key"] for entry in offered.keys[: len(old)]] != old:
                raise Refused("trust-list", "keys moved or vanished")
        self.trust_list, self.pinned_root = offered, offered.root
        return True

    def _outdated(self, envelope):
        version = read_json(envelope.payload).get("version", 0)
        return self.trust_list is not None and version < self.trust_list.version

    def check_activation(self, envelope):
        """The rules of section 5.1."""
        if self.trust_list is None:
            raise Refused("trust-list", "none yet")
        payload = self.trust_list.read(envelope, "activation")
        for name, own in (
            ("organization", self.organization),
            ("product", self.product),
            ("computer_id", self.computer_id),
        ):
            if payload[name] != own:
                raise Refused(name, "is not this device's")
        if "fingerprint" in payload:
            own = self.fingerprint
            agree = sum(own.get(c) == v for c, v in payload["fingerprint"].items())
            if agree < payload["fingerprint_min_match"]:
                raise Refused("fingerprint", f"{agree} components agree")
        if payload["sequence"] <= self.highest_sequence:
            raise Refused("sequence", f"{payload['sequence']} after {self.highest_sequence}")
        return payload

    def install_bundle(self, data):
        """Installs a bundle and returns the activation."""
        entries = read_bundle(data)
        self.accept_trust_list(Envelope.from_json(entries["trust-list.json"]))
        payload = self.install(Envelope.from_json(entries["activation.json"]))
        self.remember(Envelope.from_json(entries["checkpoint.json"]))
        return payload

    def install(self, envelope):
        payload = self.check_activation(envelope)
        self.installed, self.highest_sequence = payload, payload["sequence"]
        return payload

    def install_qr(self, lines):
        """Installs an activation that came as QR texts; trust lists first."""
        documents = join_qr(lines)
        for envelope in documents:
            if envelope.kind == "trust-list":
                self.accept_trust_list(envelope)
        activations = [e for e in documents if e.kind == "activation"]
        if len(activations) != 1:
            raise Refused("qr", f"{len(activations)} activations")
        return self.install(activations[0])

    def remember(self, envelope):
        """Keeps the checkpoint of the newest bundle installed, to quote it as witness."""
        self.checkpoint = self.trust_list.read(envelope, "checkpoint")
        self._checkpoint_envelope = envelope

    def install_computer_key(self, lines):
        key = read_computer_key(lines)
        if key.key_index >= len(self.trust_list.keys):
            raise Refused("key", "index beyond the trust list")
        entry = self.trust_list.keys[key.key_index]
        # A Computer Key states no time of issue; its first day stands for it.
        if not self.trust_list.allows(entry, key.valid_from):
            raise Refused("key", f"key is {entry['status']}")
        if not _covers(entry, self.product):
            raise Refused("products", "key does not sign for this product")
        message = key.message(self.organization, self.product, self.computer_id)
        if not verify(unb64(entry["public_key"]), key.signature, message):
            raise Refused("signature", "Computer Key")
        if key.sequence <= self.highest_sequence:
            raise Refused("sequence", f"{key.sequence} after {self.highest_sequence}")
        if any(index >= len(self.licence_types) for index, _ in key.licences_by_index):
            raise Refused("computer-key", "unknown licence type")
        self.highest_sequence = key.sequence
        self.installed = {
            "sequence": key.sequence,
            "plan": key.plan,
            "licences": {self.licence_types[i]: n for i, n in key.licences_by_index},
            "valid_from": key.valid_from.isoformat(),
            "valid_until": key.valid_until and key.valid_until.isoformat(),
            "grace_until": key.grace_until and key.grace_until.isoformat(),
            "notify_days": [30, 14, 7],
        }
        return self.installed
