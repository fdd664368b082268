"""Where the tests find the vectors and the program."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def vectors():
    """The folder of the vectors: the repository's own, or what KEYSPOOL_VECTORS names."""
    own = ROOT / "fixtures" / "vectors"
    return own if own.is_dir() else Path(os.environ.get("KEYSPOOL_VECTORS", own))


def program():
    """The signer under test."""
    return Path(os.environ.get("KEYSPOOL_BIN", ROOT / "target" / "debug" / "keyspool")).absolute()
