#!/usr/bin/env python3
"""Verifies a ledger that `sekimori ledger export` wrote, without Sekimori.

    python3 verify_ledger.py FOLDER KEY_FILE [ENTRIES:ROOT[:EPOCH] ...] [--witness KEY_FILE ...]

FOLDER holds entries.jsonl and checkpoints.jsonl. KEY_FILE holds the public key of the ledger (signing.pub), which should
have come another way than the folder. ENTRIES:ROOT are heads that were kept outside, such as on paper.

Where data were restored or an older copy was accepted, the ledger begins a new epoch, and its first entry names the last
head of the epoch before. Heads of what was lost then are counted, not compared.

Written from the specifications alone, with nothing but Python's standard library (3.8 or newer):
RFC 6962 section 2.1 (Merkle tree), RFC 8032 (Ed25519), C2SP signed-note, tlog-checkpoint and tlog-cosignature.
Ends with 0 when everything agrees, with 1 when something does not, with 2 when it was called wrongly.
"""

import base64
import hashlib
import json
import sys
from datetime import datetime, timezone
from pathlib import Path

# Ed25519 (RFC 8032, section 5.1): points are (X, Y, Z, T) with x = X/Z, y = Y/Z, xy = T/Z.
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
NEUTRAL = (0, 1, 1, 0)


class Wrong(Exception):
    """What does not agree."""


def add(p, q):
    a = (p[1] - p[0]) * (q[1] - q[0]) % P
    b = (p[1] + p[0]) * (q[1] + q[0]) % P
    c = 2 * p[3] * q[3] * D % P
    d = 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def times(scalar, point):
    total = NEUTRAL
    while scalar:
        if scalar & 1:
            total = add(total, point)
        point = add(point, point)
        scalar >>= 1
    return total


def same(p, q):
    return (p[0] * q[2] - q[0] * p[2]) % P == 0 and (p[1] * q[2] - q[1] * p[2]) % P == 0


def point(octets):
    y = int.from_bytes(octets, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= P:
        raise Wrong("a point is not in its one form")
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P or (x == 0 and sign):
        raise Wrong("there is no such point")
    if x & 1 != sign:
        x = P - x
    return (x, y, 1, x * y % P)


BASE = point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def signed(public, message, signature):
    """Whether the signature holds."""
    try:
        key, r = point(public), point(signature[:32])
    except Wrong:
        return False
    s = int.from_bytes(signature[32:], "little")
    if s >= ORDER:
        return False
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    k = int.from_bytes(digest, "little") % ORDER
    return same(times(s, BASE), add(r, times(k, key)))


class Tree:
    """The right edge of a Merkle tree: the roots of its whole subtrees, the largest first."""

    def __init__(self):
        self.size, self.roots = 0, []

    def push(self, leaf):
        node, size = leaf, self.size
        while size & 1:
            node = hashlib.sha256(b"\x01" + self.roots.pop() + node).digest()
            size >>= 1
        self.roots.append(node)
        self.size += 1

    def root(self):
        if not self.roots:
            return hashlib.sha256(b"").digest()
        node = self.roots[-1]
        for left in reversed(self.roots[:-1]):
            node = hashlib.sha256(b"\x01" + left + node).digest()
        return node


def read_key(text, kind=1):
    """Name, key id and public key of a C2SP vkey: name+id+base64(kind, key)."""
    name, number, octets = text.strip().split("+", 2)
    octets = base64.b64decode(octets, validate=True)
    identity = hashlib.sha256(name.encode() + b"\n" + octets).digest()[:4]
    if len(octets) != 33 or octets[0] != kind or identity.hex() != number:
        raise Wrong("the key is not one of Ed25519 in C2SP's form")
    return name, identity, octets[1:]


def open_note(note, key):
    """Size, epoch and root of a checkpoint that this key signed."""
    name, identity, public = key
    text, _, signatures = note.partition("\n\n")
    text += "\n"
    for line in signatures.splitlines():
        dash, signer, octets = line.split(" ")
        octets = base64.b64decode(octets, validate=True)
        if dash == "\u2014" and signer == name and octets[:4] == identity and len(octets) == 68:
            if not signed(public, text.encode(), octets[4:]):
                raise Wrong("a signature does not hold")
            origin, size, root, *more = text.splitlines()
            if origin != name:
                raise Wrong("a checkpoint is of another ledger")
            epoch = int(more[0].split("epoch ")[1]) if more else 0
            return int(size), epoch, base64.b64decode(root, validate=True)
    raise Wrong("a checkpoint is not signed with this key")


def cosigned(note, witness):
    """When a witness cosigned the note, in seconds since 1970; None where it did not."""
    name, identity, public = witness
    text, _, signatures = note.partition("\n\n")
    for line in signatures.splitlines():
        _, signer, octets = line.split(" ")
        octets = base64.b64decode(octets, validate=True)
        if signer == name and octets[:4] == identity:
            time = int.from_bytes(octets[4:12], "big")
            message = f"cosignature/v1\ntime {time}\n{text}\n".encode()
            if len(octets) != 76 or not signed(public, message, octets[12:]):
                raise Wrong(f"a cosignature of {name} does not hold")
            return time
    return None


def witnessed(folder, witness):
    """How many checkpoints a witness cosigned, and the newest: its size and the time."""
    count, newest = 0, None
    with open(folder / "checkpoints.jsonl", encoding="utf-8") as lines:
        for note in map(json.loads, lines):
            time = cosigned(note, witness)
            if time is not None:
                count, newest = count + 1, (int(note.splitlines()[1]), time)
    if newest is None:
        raise Wrong(f"{witness[0]} cosigned nothing")
    return count, *newest


def head(text):
    size, root, *epoch = text.split(":")
    return int(size), int(epoch[0]) if epoch else 0, base64.b64decode(root, validate=True)


def verify(folder, key, heads):
    with open(folder / "checkpoints.jsonl", encoding="utf-8") as lines:
        notes = [open_note(json.loads(line), key) for line in lines]
    expected = {}
    for size, epoch, root in notes + heads:
        if expected.setdefault((size, epoch), root) != root:
            raise Wrong(f"two heads of {size} entries differ")
    tree, epoch, lost = Tree(), 0, 0

    def compare():
        for place in [place for place in expected if place[0] == tree.size]:
            if expected.pop(place) != tree.root():
                raise Wrong(f"something was changed before entry {tree.size}")

    compare()
    with open(folder / "entries.jsonl", "rb") as lines:
        for line in lines:
            octets = line.rstrip(b"\n")
            entry = json.loads(octets)
            if entry["seq"] != tree.size:
                raise Wrong(f"entry {tree.size} is not in its place")
            if entry["epoch"] != epoch or "former" in entry:
                lost += new_epoch(entry, epoch, tree, expected)
                epoch = entry["epoch"]
            tree.push(hashlib.sha256(b"\x00" + octets).digest())
            compare()
    if expected:
        raise Wrong(f"{max(expected)[0]} entries were promised, and only {tree.size} are there")
    signed = max((size for size, _, _ in notes), default=0)
    if tree.size and not signed:
        raise Wrong("no entry is signed")
    return tree, len(notes), tree.size - signed, epoch, lost


def new_epoch(entry, epoch, tree, expected):
    """Checks the first entry of an epoch; how many heads belong to what was lost before it."""
    seq, former = entry["seq"], entry.get("former")
    if former is None or not epoch <= former["epoch"] == entry["epoch"] - 1:
        raise Wrong(f"entry {seq} begins an epoch that does not name the one before")
    root = base64.b64decode(former["root"], validate=True)
    if former["epoch"] == epoch and (former["size"] < seq or (former["size"] == seq and root != tree.root())):
        raise Wrong(f"entry {seq} begins an epoch that does not name the head before it as it was")
    gone = [place for place in expected if place[0] > seq and place[1] < entry["epoch"]]
    for size, of in gone:
        differs = size == former["size"] and expected[size, of] != root
        if of == former["epoch"] and (size > former["size"] or differs):
            raise Wrong(f"a head of {size} entries was signed, which entry {seq} does not say was lost")
        del expected[size, of]
    return len(gone)


def main(words):
    words, witnesses = list(words), []
    while "--witness" in words[:-1]:
        at = words.index("--witness")
        witnesses.append(words[at + 1])
        del words[at : at + 2]
    if len(words) < 2 or "--witness" in words:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    try:
        key = read_key(Path(words[1]).read_text(encoding="utf-8"))
        witnesses = [read_key(Path(file).read_text(encoding="utf-8"), 4) for file in witnesses]
        vouched = [(witness[0], *witnessed(Path(words[0]), witness)) for witness in witnesses]
        tree, notes, unsigned, epoch, lost = verify(Path(words[0]), key, [head(word) for word in words[2:]])
    except (Wrong, ValueError, KeyError, TypeError, AttributeError, OSError) as why:
        print(f"異常があります / wrong: {why}")
        return 1
    root = base64.b64encode(tree.root()).decode()
    print(f"異常はありません / nothing is wrong: {tree.size} entries, {notes} checkpoints, root {root}")
    for name, count, size, time in vouched:
        moment = datetime.fromtimestamp(time, timezone.utc).isoformat()
        print(f"証人 / witness {name}: {count} checkpoints, the newest of {size} entries at {moment}")
    if epoch:
        print(f"世代 / epoch: {epoch}（失われた控え / heads of what was lost: {lost}）")
    if unsigned:
        print(f"最後の署名より後 / after the last signature: {unsigned} entries")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
