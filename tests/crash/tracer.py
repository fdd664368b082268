"""Runs the signer under strace, which ends it at a system call, or lets that call fail.

strace counts the calls of each name by themselves, and those of each thread: a call is `NAME:NUMBER`.
"""

import re
import subprocess
from collections import Counter

# Calls that change what is on disk, or tell somebody that it changed. The question mark: where the
# processor has it.
CHANGING = (
    "open creat openat openat2 write pwrite64 writev pwritev pwritev2 rename renameat renameat2 unlink unlinkat rmdir mkdir"
    " mkdirat link linkat symlink symlinkat fsync fdatasync syncfs sync_file_range truncate ftruncate fallocate chmod fchmod"
    " fchmodat fchown utimensat futimesat flock copy_file_range sendfile"
).split()
# Calls that fail, and with what.
FAILING = {
    "sync": ("fsync fdatasync syncfs", ("EIO",)),
    "closing": ("fsync fdatasync syncfs", ("EIO",)),
    "write": ("write pwrite64 writev", ("EIO", "ENOSPC", "ENOSPC+")),
    "rename": ("rename renameat renameat2", ("EIO", "EROFS")),
    "open": ("open openat openat2", ("EMFILE", "EMFILE+", "EIO", "EROFS")),
    "folder": ("mkdir mkdirat unlink unlinkat rmdir", ("EIO", "ENOSPC")),
    "size": ("ftruncate fallocate", ("EIO", "ENOSPC", "ENOSPC+")),
}
CALL = re.compile(rb"^\d+ +(\w+)\((.*)$", re.MULTILINE)
OPENING = (b"open", b"openat", b"openat2")


def calls(names):
    return ",".join(f"?{name}" for name in names)


def strace(trace, names, *more):
    """The command line before the program's own. Without `--seccomp-bpf`, which is faster, but with which no signal is injected."""
    return ["strace", "-f", "-qqq", "-o", str(trace), "-e", f"trace={calls(names)}", "-e", "signal=none", *more]


def why_not():
    """Why strace cannot be used here; nothing where it can."""
    try:
        run = subprocess.run(strace("/dev/null", ["openat"], "true"), capture_output=True)
    except FileNotFoundError:
        return "strace is not installed"
    return None if run.returncode == 0 else run.stderr.decode().strip() or f"strace ends with {run.returncode}"


def recorded(place, arguments, seed, names, *more):
    """Runs a command to its end, and gives what it said and the calls it made, each with its arguments as strace shows them."""
    trace = place.path.with_suffix(".trace")
    said = place.run(arguments, seed, strace(trace, names, *more))
    made = CALL.findall(trace.read_bytes())
    trace.unlink()
    return said, made


def named(made):
    """Each call as strace counts them: the name, and which call of this name it is."""
    seen = Counter()
    for name, text in made:
        seen[name] += 1
        yield f"{name.decode()}:{seen[name]}", name, text


def points(made):
    """The calls that change anything: opening a file to read it does not."""
    return [call for call, name, text in named(made) if name not in OPENING or b"O_CREAT" in text]


def own_points(made):
    """The calls after the loader has found the libraries: what fails before is not the program's."""
    calls = list(named(made))
    loaded = [n for n, (_, _, text) in enumerate(calls, 1) if re.search(rb"\.so[.\d]*(\.cache)?\"", text)]
    return [call for call, _, _ in calls[max(loaded, default=0) :]]


def told(made):
    """The calls up to the last word on standard output."""
    words = [n for n, (name, text) in enumerate(made, 1) if name == b"write" and text.startswith(b"1, ")]
    return {call for call, _, _ in list(named(made))[: max(words, default=0)]}


def killed(place, arguments, seed, call):
    """Kills the command at this call of any of its threads."""
    name, _, number = call.partition(":")
    return place.run(arguments, seed, strace("/dev/null", [name], "-e", f"inject={name}:signal=KILL:when={number}"))


def failed(place, arguments, seed, error, call):
    """Lets this call fail; with `+`, and every one of its name after it."""
    name, _, number = call.partition(":")
    when = f"{number}+" if error.endswith("+") else number
    inject = f"inject={name}:error={error.rstrip('+')}:when={when}"
    return place.run(arguments, seed, strace("/dev/null", [name], "-e", inject))
