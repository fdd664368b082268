"""Runs the interoperability tests: python3 tests/interop/run.py [-j JOBS] [-v] [WORD...]

With words, only tests whose names contain one of them. The last line says how many passed.
KEYSPOOL_BIN names the program, which must be a test build (one that takes KEYSPOOL_TEST_CLOCK).
"""

import argparse
import os
import sys
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

import signer  # noqa: E402  (after the path is set)

MODULES = ("test_vectors", "test_signer")


class Tally(unittest.TestResult):
    """Counts tests, not sub-tests, and keeps what failed."""

    def __init__(self, verbose):
        super().__init__()
        self.verbose, self.passed = verbose, 0

    def addSuccess(self, test):
        self.passed += 1
        if self.verbose:
            print(f"passed: {test.id()}", flush=True)

    def failed(self):
        """Test id to the tracebacks of its failures and errors."""
        found = {}
        for test, trace in self.failures + self.errors:
            whole = getattr(test, "test_case", test)
            found.setdefault(whole.id(), []).append((str(test), trace))
        return found


def tests_of(suite):
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            yield from tests_of(item)
        else:
            yield item


def run(test, verbose):
    tally = Tally(verbose)
    test.run(tally)
    return tally


def main():
    parser = argparse.ArgumentParser(description="interoperability tests of Keyspool")
    parser.add_argument("-j", "--jobs", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("-v", "--verbose", action="store_true")
    parser.add_argument("words", nargs="*", help="run tests whose names contain one of these")
    options = parser.parse_args()
    print(f"seed {signer.SEED}")
    found = tests_of(unittest.defaultTestLoader.loadTestsFromNames(MODULES))
    chosen = [t for t in found if not options.words or any(w in t.id() for w in options.words)]
    with ThreadPoolExecutor(options.jobs) as pool:
        tallies = list(pool.map(lambda test: run(test, options.verbose), chosen))
    failed, skipped = {}, []
    for tally in tallies:
        failed |= tally.failed()
        skipped += tally.skipped
    for test, reason in skipped:
        print(f"skipped: {test.id()}: {reason}")
    told = set()
    for name, traces in failed.items():
        print(f"\nfailed: {name}")
        for test, trace in traces:
            print(test)
            print("as above" if trace in told else trace)
            told.add(trace)
    if signer.FINDINGS:
        failed["every batch stands the audit"] = []
        print("\nfailed: every batch stands the audit")
        print("\n".join(sorted(signer.FINDINGS)))
    passed = sum(tally.passed for tally in tallies)
    last = f"{passed} passed, {len(failed)} failed"
    print(last + (f", {len(skipped)} skipped" if skipped else ""))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
