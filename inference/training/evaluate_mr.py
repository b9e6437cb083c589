"""Measures an MR checkpoint on the cases of mr_split.json (SPONDYL_TEST_DATA) and on unseen phantoms.

    python evaluate_mr.py --checkpoint runs/mr/checkpoint.pt [--part tuning] [--phantoms pool/validation]

Masks of the body sets hold bodies only, of the disc set discs only; both sets name neither arch nor
canal. Nothing is learned from them.
"""

import argparse
import json
import os
import time
from pathlib import Path

import numpy as np
import torch
from scipy import ndimage

from decode import BODY, DISC, DecodeParameters, decode
from evaluate import case_phantoms, dice
from network import SPACING_MM
from predict import (_interpolate, input_of, load_image, load_network, predict, to_grid)

SACRAL = 26
BODY_THRESHOLD, DISC_THRESHOLD = 0.5, 0.4


def on_grid(field, size, spacing):
    """Linear interpolation of a field on a finer grid that shares its lower edges."""
    for axis in range(3):
        field = _interpolate(field, (np.arange(size[axis]) + 0.5) * spacing[axis] / SPACING_MM["mr"] - 0.5, axis)
    return field


def owners_on_grid(labels, size, spacing):
    """Instance of the nearest labelled voxel, within two voxels of the field."""
    far, nearest = ndimage.distance_transform_edt(labels == 0, return_indices=True)
    grown = np.where(far <= 2, labels[tuple(nearest)], 0)
    index = [np.clip(np.round((np.arange(n) + 0.5) * s / SPACING_MM["mr"] - 0.5).astype(int), 0, m - 1)
             for n, s, m in zip(size, spacing, labels.shape)]
    return grown[np.ix_(*index)]


def body_case(network, root, name, mirror, p, threshold=BODY_THRESHOLD):
    raw, spacing = load_image(root / f"{name}_img.nii.gz")
    truth, _ = load_image(root / f"{name}_seg.nii.gz")
    result, probabilities = run(network, raw, spacing, mirror, p)
    owners = owners_on_grid(result.instances, raw.shape, spacing)
    bodies = np.where(on_grid(probabilities[BODY], raw.shape, spacing) > threshold, owners, 0)
    rows, used = [], []
    for t in [v for v in np.unique(truth) if v and v != SACRAL]:
        mask = truth == t
        hit = np.bincount(bodies[mask], minlength=2)
        best = int(hit[1:].argmax()) + 1
        found = bodies == best
        error = (np.array(ndimage.center_of_mass(mask)) - ndimage.center_of_mass(found)) * spacing \
            if hit[best] else np.full(3, np.nan)
        rows.append((int(t), dice(found, mask), float(np.linalg.norm(error)),
                     float(found.sum() / mask.sum())))
        used.append(best)
    between = [k + 1 for k in range(len(result.vertebrae)) if k + 1 not in used
               and min(used) < k + 1 < max(used)]
    scores = [r[1] for r in rows]
    voxel_ml = SPACING_MM["mr"]**3 / 1000
    print(f"  {name.split('/')[1]:14} body {np.mean(scores):.3f} ({min(scores):.2f}-{max(scores):.2f}) found "
          f"{sum(s > 0.5 for s in scores)}/{len(rows)} between {len(between)} chain {len(result.vertebrae)} "
          f"centre {np.nanmean([r[2] for r in rows]):.1f} mm volume x{np.mean([r[3] for r in rows]):.2f} "
          f"levels {' '.join('%.1f' % v['level'] for v in result.vertebrae)} "
          f"sacrum {result.sacrum.sum() * voxel_ml:.0f} mL")
    return scores


def disc_case(network, root, name, mirror, p, threshold=DISC_THRESHOLD):
    raw, spacing = load_image(root / f"{name}_img.nii.gz")
    truth, _ = load_image(root / f"{name}_seg.nii.gz")
    _, probabilities = run(network, raw, spacing, mirror, p)
    found = on_grid(probabilities[DISC], raw.shape, spacing) > threshold
    # Discs above the labelled ones are not in the masks: each voxel counts for the nearest labelled
    # disc if it is within 8 mm of it.
    far, nearest = ndimage.distance_transform_edt(truth == 0, sampling=spacing, return_indices=True)
    owner = np.where(found & (far < 8), truth[tuple(nearest)], 0)
    scores = [dice(owner == t, truth == t) for t in np.unique(truth) if t]
    volume = np.mean([(owner == t).sum() / (truth == t).sum() for t in np.unique(truth) if t])
    print(f"  {name.split('/')[1]:14} disc {np.mean(scores):.3f} ({min(scores):.2f}-{max(scores):.2f}) "
          f"volume x{volume:.2f}")
    return scores


def run(network, raw, spacing, mirror, p):
    probabilities, offsets, level = predict(network, input_of(to_grid(raw, spacing, SPACING_MM["mr"]), "mr"), mirror)
    return decode(probabilities[:8], offsets, level, p), probabilities


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", required=True)
    parser.add_argument("--part", choices=("tuning", "final"), default="tuning")
    parser.add_argument("--mirror", action="store_true")
    parser.add_argument("--threshold", type=float, default=BODY_THRESHOLD)
    parser.add_argument("--disc-threshold", type=float, default=DISC_THRESHOLD)
    parser.add_argument("--phantoms")
    parser.add_argument("--count", type=int, default=6)
    options = parser.parse_args()
    torch.set_num_threads(1)
    network, state = load_network(options.checkpoint)
    print(f"== {time.strftime('%H:%M:%S')} step {state['step']} fraction {state.get('fraction', 0):.2f}")
    p = DecodeParameters(spacing_mm=SPACING_MM["mr"])
    if "SPONDYL_TEST_DATA" in os.environ:
        root = Path(os.environ["SPONDYL_TEST_DATA"])
        split = json.loads((Path(__file__).parent / "mr_split.json").read_text())[options.part]
        bodies = [s for n in split["bodies"]
                  for s in body_case(network, root, n, options.mirror, p, options.threshold)]
        discs = [s for n in split["discs"] for s in disc_case(network, root, n, options.mirror, p,
                                                                  options.disc_threshold)]
        print(f"{options.part}: bodies {np.mean(bodies):.3f} (n = {len(bodies)}, found "
              f"{sum(s > 0.5 for s in bodies)}), discs {np.mean(discs):.3f} (n = {len(discs)})")
    if options.phantoms:
        case_phantoms(network, p, options.phantoms, options.count, options.mirror, "mr")


if __name__ == "__main__":
    main()
