"""Errors of landmarks that the program wrote, per place: of phantoms against their truth, of MR against corners
derived from manual masks. Pairs of runs (one with, one without the landmark package) are compared point by point.

    python landmarks_evaluate.py --phantoms DIR --with OUT --without OUT     DIR/NAME/truth.json, OUT/NAME/*/landmarks.json
    python landmarks_evaluate.py --mr tuning --references REF --with OUT --without OUT

REF/NAME holds what `analyze --labels MASK` wrote for each case; SPONDYL_TEST_DATA the masks.
"""

import argparse
import json
import os
from pathlib import Path

import numpy as np

NEAR_MM = 12.0


def points_of(path):
    """vertebra's name -> site -> (position, source)"""
    found = {}
    for l in json.loads(path.read_text())["landmarks"]:
        name, _, site = l["id"].partition(".")
        found.setdefault(name, {})[site] = (np.array(l["lps_mm"]), l.get("source", ""))
    return found


def written(folder):
    return points_of(next(Path(folder).glob("*/landmarks.json")))


def matched(truth, found):
    """name in `truth` -> name in `found`, by the nearest centre."""
    pairs = {}
    for name, sites in truth.items():
        if name in ("S1", "sacrum") and name in found:
            pairs[name] = name
        if "centre" not in sites:
            continue
        gaps = {other: np.linalg.norm(own["centre"][0] - sites["centre"][0])
                for other, own in found.items() if "centre" in own}
        if gaps and min(gaps.values()) < NEAR_MM:
            pairs[name] = min(gaps, key=gaps.get)
    return pairs


def phantom_truth(folder):
    truth = {}
    for l in json.loads((Path(folder) / "truth.json").read_text())["landmarks"]:
        name, _, site = l["id"].partition(".")
        truth.setdefault(name, {})[site] = (np.array(l["lps_mm"]), "truth")
    return truth


def compare(truth, runs, rows):
    """Appends (site, errors by run); only places that every run has."""
    pairs = [matched(truth, run) for run in runs]
    for name, sites in truth.items():
        if any(name not in p for p in pairs):
            continue
        for site, (at, _) in sites.items():
            places = [run[p[name]].get(site) for run, p in zip(runs, pairs)]
            if any(p is None for p in places):
                continue
            rows.append((site, [float(np.linalg.norm(p[0] - at)) for p in places],
                         "spine-landmarks" in places[0][1], f"{name}.{site}",
                         [p[0] - at for p in places]))


def table(title, rows):
    print(f"\n{title}: mean / 95th percentile, mm")
    print("| place | n (from the network) | network | masks |\n|---|---|---|---|")
    groups = {}
    for site, errors, is_networks, *_ in rows:
        groups.setdefault(site, []).append((errors, is_networks))
    kinds = {"mid-sagittal corners": ("superior.anterior", "superior.posterior", "inferior.anterior", "inferior.posterior"),
             "mid-coronal corners": ("superior.left", "superior.right", "inferior.left", "inferior.right")}
    merged = {k: [e for s in sites for e in groups.get(s, [])] for k, sites in kinds.items()}
    for site, entries in [*sorted(groups.items()), *merged.items()]:
        if not entries:
            continue
        errors = np.array([e for e, _ in entries])
        cells = [f"{errors[:, k].mean():.2f} / {np.percentile(errors[:, k], 95):.2f}" for k in (0, 1)]
        print(f"| {site} | {len(entries)} ({sum(n for _, n in entries)}) | {cells[0]} | {cells[1]} |")


def mr_truth(root, case, reference):
    """Corners of the manual masks, by name; S1's body is left out (the program's 26 is a whole sacrum)."""
    return {name: sites for name, sites in written(reference).items() if name not in ("S1", "sacrum")}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--phantoms")
    parser.add_argument("--mr", choices=("tuning", "final"))
    parser.add_argument("--references")
    parser.add_argument("--with", dest="networks", required=True)
    parser.add_argument("--without", dest="masks", required=True)
    options = parser.parse_args()
    if options.phantoms:
        for modality in ("ct", "mr"):
            rows = []
            for folder in sorted(Path(options.phantoms).glob(f"{modality}*")):
                if (Path(options.networks) / folder.name).exists() and (Path(options.masks) / folder.name).exists():
                    compare(phantom_truth(folder), [written(Path(o) / folder.name) for o in
                                                    (options.networks, options.masks)], rows)
            table(f"Phantoms, {modality.upper()}", rows)
    if options.mr:
        root = Path(os.environ["SPONDYL_TEST_DATA"])
        split = json.loads((Path(__file__).parent / "mr_split.json").read_text())[options.mr]
        rows = []
        for case in split["bodies"]:
            name = case.split("/")[1]
            compare(mr_truth(root, case, Path(options.references) / name),
                    [written(Path(o) / name) for o in (options.networks, options.masks)], rows)
        table(f"MR, {options.mr} half, corners of manual masks", rows)


if __name__ == "__main__":
    main()
