#!/usr/bin/env python3
"""Prints the ten slowest compilations (from a ninja log) and the ten slowest tests (from ctest's JUnit file)."""
import pathlib
import sys
import xml.etree.ElementTree as ElementTree


def slowest_files(log):
    times = {}
    for line in pathlib.Path(log).read_text().splitlines():
        if line.startswith("#"):
            continue
        start, end, _, output, _ = line.split("\t")
        if output.endswith(".o"):
            times[output] = (int(end) - int(start)) / 1000
    return sorted(times.items(), key=lambda item: -item[1])[:10]


def slowest_tests(junit):
    cases = ElementTree.parse(junit).getroot().iter("testcase")
    return sorted(((c.get("name"), float(c.get("time", 0))) for c in cases), key=lambda item: -item[1])[:10]


if __name__ == "__main__":
    print("slowest files to compile:")
    for name, seconds in slowest_files(sys.argv[1]):
        print(f"  {seconds:7.1f} s  {name}")
    print("slowest tests:")
    for name, seconds in slowest_tests(sys.argv[2]):
        print(f"  {seconds:7.1f} s  {name}")
