"""Runs the cases, some at once, and tells which did not go as expected."""

import argparse
import concurrent.futures
import importlib
import sys
import time
import traceback

MODULES = (
    "selftest", "live", "compute", "permissions", "guide", "joined", "redacted", "bad_input", "moto_account"
)


def run(case):
    name, test = case
    begun = time.monotonic()
    try:
        wrong = test()
    except Exception:  # What a case did not expect is its failure, not the end of the others.
        wrong = [traceback.format_exc()]
    return name, wrong, time.monotonic() - begun


def main():
    parser = argparse.ArgumentParser(prog="run", description=__doc__)
    parser.add_argument("--only", action="append", metavar="NAME", help="cases whose name has this in it")
    parser.add_argument("--list", action="store_true", help="name the cases")
    parser.add_argument("--at-once", type=int, default=4)
    chosen = parser.parse_args()
    cases = [case for module in MODULES for case in importlib.import_module(module).cases()]
    if chosen.only:
        cases = [case for case in cases if any(word in case[0] for word in chosen.only)]
    if chosen.list:
        print(*(name for name, _ in cases), sep="\n")
        return 0
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(chosen.at_once) as pool:
        for name, wrong, seconds in pool.map(run, cases):
            failed += bool(wrong)
            print(f"{'✗' if wrong else '✓'} {name:60} {seconds:5.1f} s", flush=True)
            for line in wrong:
                print(f"  {line}", flush=True)
    print(f"{len(cases) - failed} passed, {failed} failed")
    return 1 if failed or not cases else 0


if __name__ == "__main__":
    sys.exit(main())
