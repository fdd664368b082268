"""What a vendor would otherwise write: verifies requests, signs activations, draws the QR codes,
packs the bundles. No ledger, no history, nothing synced. `plain.py REQUESTS OUT PAYLOAD` prints
the number of requests and the seconds that they took."""

import base64
import io
import json
import multiprocessing
import pathlib
import sys
import time
import zipfile
import zlib

import segno
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def pae(kind, payload):
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def base45(data):
    text = []
    for at in range(0, len(data) - 1, 2):
        number = data[at] << 8 | data[at + 1]
        text += [ALPHABET[number % 45], ALPHABET[number // 45 % 45], ALPHABET[number // 2025]]
    if len(data) % 2:
        text += [ALPHABET[data[-1] % 45], ALPHABET[data[-1] // 45]]
    return "".join(text)


def answer(job):
    path, out, template = job
    envelope = json.loads(path.read_bytes())
    payload = base64.b64decode(envelope["payload"])
    request = json.loads(payload)
    kind = envelope["payloadType"].encode()
    signature = base64.b64decode(envelope["signatures"][0]["sig"])
    device_key = Ed25519PublicKey.from_public_bytes(base64.b64decode(request["device_key"]))
    device_key.verify(signature, pae(kind, payload))
    names = ("organization", "product", "computer_id", "computer_name")
    activation = {**template, **{name: request[name] for name in names}}
    body = json.dumps(activation, separators=(",", ":")).encode()
    kind = b"application/vnd.keyspool.activation.v1+json"
    signature = KEY.sign(pae(kind, body))
    signed = json.dumps(
        {
            "payloadType": kind.decode(),
            "payload": base64.b64encode(body).decode(),
            "signatures": [{"sig": base64.b64encode(signature).decode()}],
        }
    )
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    text = "KS1:" + base45(packed.compress(signature + body) + packed.flush())
    code = segno.make(text, error="m", micro=False, boost_error=False)
    png, svg = io.BytesIO(), io.BytesIO()
    code.save(png, kind="png", scale=8)
    code.save(svg, kind="svg", scale=8)
    stem = path.stem
    with zipfile.ZipFile(out / f"{stem}.zip", "w") as bundle:
        bundle.writestr("activation.json", signed)
        bundle.writestr("qr.png", png.getvalue())
        bundle.writestr("README.txt", f"An activation for {activation['computer_name']}.\r\n" * 10)
    (out / f"{stem}.png").write_bytes(png.getvalue())
    (out / f"{stem}.svg").write_bytes(svg.getvalue())


def main():
    requests, out, payload = map(pathlib.Path, sys.argv[1:])
    template = json.loads(payload.read_bytes())
    jobs = [(path, out, template) for path in sorted(requests.rglob("*.json"))]
    with multiprocessing.Pool() as pool:
        pool.map(answer, jobs[:8])
        begun = time.monotonic()
        pool.map(answer, jobs, chunksize=8)
        print(len(jobs), time.monotonic() - begun)


if __name__ == "__main__":
    main()
