"""The course of a recovery: the calls that it makes, each on a kind of file.

Many first kills leave what the same course makes whole. Of those, one stands for the others: its recovery is killed at every call.
The others are killed where what is still to be done after that call was never cut off in this way, and at one more call by a seed.
"""

import random
import re
from collections import namedtuple

import tracer

# A call as strace counts it, and what it does on which kind of file.
Step = namedtuple("Step", "call does")

ULID = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")
# What a temporary file's name ends with, and the number of a pipe.
CHANCE = re.compile(r"\.[0-9a-f]{16}\b|:\[\d+\]$")
# Each file of the vault is of a kind of its own, also while `init` makes it.
VAULTS = ("/vault", "/.vault.init")
# What is behind a file descriptor, or a path as an argument.
NAMED = re.compile(r'(?:\d+|AT_FDCWD)<([^>]*)>|"((?:[^"\\]|\\.)*)"')
# Between a call and what it gave.
GAVE = re.compile(r"\) +(?== )")
FAILED = re.compile(r"= -1 (\w+)")
WRITES = (b"write", b"writev", b"pwrite64", b"pwritev", b"pwritev2")
# How many pages a commit has, and where, is the store's business.
PAGES = re.compile(r"(pwrite64 /\S*/ledger\.redb\S*\n)\1+")
# Up to six calls that are made again and again, for a file each. A commit is not one of them: each
# counts.
REPEATED = re.compile(r"((?:(?![^\n]*/ledger\.)[^\n]+\n){1,6}?)\1+")


def steps(made, top):
    """The calls that change something, of those that strace recorded with the paths behind file descriptors."""
    changing = set(tracer.points(made))
    return [Step(call, does(name, text, top)) for call, name, text in tracer.named(made) if call in changing]


def does(name, text, top):
    text = text.decode("utf-8", "replace").replace(str(top), "")
    failed = FAILED.search(text)
    kinds = [kind(path) for path in paths(text, name in WRITES)]
    return " ".join([name.decode(), *kinds] + ([failed[1]] if failed else []))


def paths(text, written):
    """The paths of one call: a name beside a folder is beneath it. Of a call that writes, what it writes is none."""
    found = []
    for opened, name in NAMED.findall(GAVE.split(text)[0]):
        if opened:
            found.append(opened)
        elif name and not written:
            beneath = found and not name.startswith("/")
            found.append(f"{found.pop()}/{name}" if beneath else name)
    return found


def kind(path):
    """The path without ids, and without the names of requests and answers: which of them comes first is up to the file system."""
    path = ULID.sub("ID", CHANCE.sub("", path))
    folder, _, name = path.rpartition("/")
    kept = folder in VAULTS or name.startswith((".", "manifest.")) or "." not in name
    return path if kept else f"{folder}/*"


def course(steps):
    """The steps as one text, the repeated ones once."""
    text, shorter = None, PAGES.sub(r"\1", "".join(f"{step.does}\n" for step in steps))
    while text != shorter:
        text, shorter = shorter, REPEATED.sub(r"\1", shorter)
    return text


def situations(steps):
    """Of each step what the recovery would still have done, that step included; one for all pages of a commit."""
    found, after, rest = [], "", 0
    for step in reversed(steps):
        line = f"{step.does}\n"
        if not PAGES.match(line + after):
            rest = hash((line, rest))
        found.append(rest)
        after = line
    return found[::-1]


def chosen(recoveries, seed):
    """Where to kill the recovery after each first kill; `recoveries` are steps by first kill.

    Gives how many courses there are, the calls where what is left to do was not cut off before, and the others, both by first kill.
    """
    chance, firsts, known, new, more = random.Random(seed), {}, set(), {}, {}
    for first, made in recoveries.items():
        firsts.setdefault(course(made), first)
    representatives = set(firsts.values())
    for first, made in sorted(recoveries.items(), key=lambda recovery: recovery[0] not in representatives):
        by_chance = chance.choice(made)
        new[first], more[first] = [], []
        for step, situation in zip(made, situations(made)):
            if situation not in known:
                known.add(situation)
                new[first].append(step.call)
            elif first in representatives or step == by_chance:
                more[first].append(step.call)
    return len(firsts), new, more
