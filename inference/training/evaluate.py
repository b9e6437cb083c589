"""Measures a checkpoint: a labelled CT (SPONDYL_TEST_DATA) and unseen phantoms.

    python evaluate.py --checkpoint runs/ct/checkpoint.pt [--mirror] [--phantoms pool/validation --count 6]

The labelled CT is a development case: measured, never learned from.
"""

import argparse
import os
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from decode import DecodeParameters, decode
from network import CLASSES, SPACING_MM
from pool import PoolVolume, list_pool
from predict import input_of, labels_to_grid, load_image, load_network, predict, to_grid
from samples import make_sample

DEVELOPMENT_IMAGE = "ct_totalsegmentator/example_ct.nii.gz"
DEVELOPMENT_LABELS = "ct_totalsegmentator/example_ct_all_classes_fast.nii.gz"
SLAB_SERIES = "ct_dicom_series/siemens_petct_body_3mm"
SLAB_LABELS = "ct_dicom_series/siemens_petct_body_3mm_totalseg.nii.gz"
NAMES = {27: "L5", 28: "L4", 29: "L3", 30: "L2", 31: "L1", 32: "T12", 33: "T11"}


def dice(a, b):
    total = a.sum() + b.sum()
    return float(2.0 * (a & b).sum() / total) if total else 1.0


def match(predicted, truth):
    """Dice of every pair that overlaps: {(truth label, predicted label): Dice}."""
    pairs = np.unique(np.stack([truth.ravel(), predicted.ravel()]), axis=1).T
    return {(int(t), int(q)): dice(truth == t, predicted == q) for t, q in pairs if t and q}


def centre(mask, spacing):
    return np.argwhere(mask).mean(axis=0) * spacing if mask.any() else np.full(3, np.nan)


def evaluate_labels(predicted, truth, spacing, names):
    """Per truth instance: best match, Dice, distance of mask centres; found and false counts."""
    scores = match(predicted, truth)
    rows, used = [], set()
    for t in [int(v) for v in np.unique(truth) if v]:
        own = {q: d for (a, q), d in scores.items() if a == t}
        best = max(own, key=own.get) if own else 0
        error = (np.linalg.norm(centre(truth == t, spacing) - centre(predicted == best, spacing))
                 if best else float("nan"))
        rows.append({"name": names.get(t, str(t)), "match": best, "dice": own.get(best, 0.0),
                     "centre_mm": float(error),
                     "volume_ml": float((truth == t).sum() * np.prod(spacing) / 1000)})
        if own.get(best, 0.0) > 0.2:
            used.add(best)
    false = [int(q) for q in np.unique(predicted) if q and q not in used]
    return rows, false, dice(predicted > 0, truth > 0)


def case_development(network, p, mirror, quiet=False, change=None):
    root = Path(os.environ["SPONDYL_TEST_DATA"])
    raw, spacing = load_image(root / DEVELOPMENT_IMAGE)
    reference, _ = load_image(root / DEVELOPMENT_LABELS)
    hu = to_grid(raw if change is None else change(raw), spacing)
    start = time.time()
    probabilities, offsets, level = predict(network, input_of(hu), mirror)
    middle = time.time()
    result = decode(probabilities, offsets, level, p)
    seconds = (middle - start, time.time() - middle)
    predicted = labels_to_grid(result.instances, raw.shape, spacing)
    sacrum = labels_to_grid(result.sacrum.astype(np.uint8), raw.shape, spacing) > 0
    truth = np.where((reference >= 27) & (reference <= 33), reference, 0)
    rows, false, union = evaluate_labels(predicted, truth, spacing, NAMES)
    sacrum_dice = dice(sacrum, (reference == 25) | (reference == 26))
    if not quiet:
        print(f"development CT: union {union:.3f} sacrum {sacrum_dice:.3f} false {len(false)} "
              f"chain {len(result.vertebrae)} network {seconds[0]:.1f}s decode {seconds[1]:.1f}s")
        for row in rows:
            print("  {name:4} match {match} dice {dice:.3f} centre {centre_mm:.1f} mm".format(**row))
        for i, v in enumerate(result.vertebrae):
            print(f"    instance {i + 1}: level {v['level']:.1f} {v['volume_ml']:.0f} mL "
                  f"whole {v['whole']}")
    lumbar = [r["dice"] for r in rows if r["name"].startswith("L")]
    return {"union": union, "sacrum": sacrum_dice, "false": len(false), "rows": rows,
            "lumbar_min": min(lumbar), "result": result}


def case_slab(network, p, mirror):
    """A 40 mm slab with two cut vertebrae, DICOM; its rows and columns are the patient's axes."""
    import pydicom

    root = Path(os.environ["SPONDYL_TEST_DATA"])
    slices = [pydicom.dcmread(f) for f in sorted((root / SLAB_SERIES).iterdir())]
    slices.sort(key=lambda d: float(d.ImagePositionPatient[2]))
    raw = np.stack([d.pixel_array * float(d.RescaleSlope) + float(d.RescaleIntercept)
                    for d in slices])
    step = float(slices[1].ImagePositionPatient[2]) - float(slices[0].ImagePositionPatient[2])
    spacing = np.array([step, *map(float, slices[0].PixelSpacing)])
    reference, _ = load_image(root / SLAB_LABELS)
    result = decode(*predict(network, input_of(to_grid(raw, spacing)), mirror), p)
    predicted = labels_to_grid(result.instances, raw.shape, spacing)
    truth = np.where((reference >= 27) & (reference <= 44), reference, 0)
    rows, false, union = evaluate_labels(predicted, truth, spacing, NAMES)
    print(f"slab CT: union {union:.3f} false {len(false)} chain {len(result.vertebrae)} "
          + " ".join("{name} {dice:.2f}".format(**r) for r in rows))


def case_phantoms(network, p, folder, count, mirror, modality="ct", seed=77):
    """Whole patches of volumes that training never uses, with appearance of their own seeds."""
    unions, instance, found, total, false, classes = [], [], 0, 0, 0, []
    for n, path in enumerate(list_pool(folder)[:count]):
        volume = PoolVolume(path)
        shape = tuple(min(112, s // 16 * 16) for s in volume.size)
        sample = make_sample(volume, seed * 10**6 + n, shape, modality)
        truth = np.zeros(shape, np.uint8)
        # Instances by their level number and centre, which are unique in a sample.
        levels = sample.level.numpy()
        for k, v in enumerate(np.unique(levels[levels > 0])):
            truth[levels == v] = k + 1
        probabilities, offsets, level = predict(network, sample.image.numpy(), mirror)
        result = decode(probabilities[:8], offsets, level, p)
        big = [k for k in np.unique(truth) if k and (truth == k).sum() * SPACING_MM[modality]**3 > 8000]
        rows, wrong, union = evaluate_labels(result.instances, truth, np.full(3, SPACING_MM[modality]), {})
        rows = [r for r in rows if int(r["name"]) in big]
        unions.append(union)
        instance += [r["dice"] for r in rows]
        found += sum(r["dice"] > 0.5 for r in rows)
        total += len(rows)
        false += len(wrong)
        best = probabilities.argmax(0)
        wanted = sample.classes.numpy()
        classes.append([dice(best == c, wanted == c) if (wanted == c).sum() > 200 else np.nan
                        for c in range(1, network.classes)])
    if unions:
        per_class = np.nanmean(np.array(classes), axis=0)
        print(f"phantoms ({len(unions)} unseen): union {np.mean(unions):.3f} "
              f"instances {np.mean(instance):.3f} found {found}/{total} false {false}; classes "
              + " ".join(f"{n} {v:.2f}" for n, v in zip(CLASSES[modality][1:], per_class)))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", required=True)
    parser.add_argument("--mirror", action="store_true")
    parser.add_argument("--raw", action="store_true", help="raw instead of averaged weights")
    parser.add_argument("--phantoms")
    parser.add_argument("--count", type=int, default=6)
    parser.add_argument("--threshold", type=float)
    parser.add_argument("--slab", action="store_true", help="also the 40 mm DICOM slab")
    parser.add_argument("--robust", action="store_true", help="noise, offset and coarse variants")
    options = parser.parse_args()
    torch.set_num_threads(1)
    network, state = load_network(options.checkpoint, not options.raw)
    print(f"== {time.strftime('%H:%M:%S')} step {state['step']} "
          f"fraction {state.get('fraction', 0):.2f}")
    p = DecodeParameters()
    if options.threshold:
        p = replace(p, instance_threshold=options.threshold)
    if "SPONDYL_TEST_DATA" in os.environ:
        case_development(network, p, options.mirror)
        if options.slab:
            case_slab(network, p, options.mirror)
        if options.robust:
            rng = np.random.default_rng(1)
            variants = {
                "+40 HU noise": lambda v: v + rng.normal(0, 40, v.shape),
                "+80 HU": lambda v: v + 80.0,
                "-40 HU": lambda v: v - 40.0,
                "6 mm slices": lambda v: np.repeat(
                    (v[0:-1:2] + v[1::2])[: v.shape[0] // 2] / 2.0, 2, axis=0),
            }
            for name, change in variants.items():
                r = case_development(network, p, options.mirror, True, change)
                print(f"  {name}: union {r['union']:.3f} lumbar min {r['lumbar_min']:.2f} "
                      f"sacrum {r['sacrum']:.2f} false {r['false']}")
    if options.phantoms:
        case_phantoms(network, p, options.phantoms, options.count, options.mirror)


if __name__ == "__main__":
    main()
