#!/usr/bin/env python3
"""Every file of the loading data against pydicom: opened with equal voxels and geometry, or refused with a reason.

usage: check_conformance.py TEST_DICOM [--write TABLE.md]    (the data folder comes from SPONDYL_TEST_DATA)

Runs the hidden test that writes what is read, compares stored values (exactly; lossy ones within the tolerance of the
codec), rescale and the place of every slice (1e-3 mm), and fails on any difference. --write makes the table of
docs/DICOM_CONFORMANCE.md between its marks. Exit 77 (skipped) without pydicom or without the data.
"""

import collections
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import warnings

try:
    import numpy as np
    import pydicom
except ImportError:
    print("SKIPPED: pydicom is not installed")
    sys.exit(77)

BEGIN, END = "<!-- table: begin -->", "<!-- table: end -->"
# Largest difference of stored values that decoders of one lossy stream may have, mean over 8 x 8 blocks.
LOSSY_BLOCK = 0.1
PLACE_MM = 1e-3


def stored(ds, values):
    """Stored numbers with the bits above High Bit taken away."""
    values = values.astype(np.int64)
    bits, high = int(ds.BitsStored), int(ds.get("HighBit", ds.BitsStored - 1))
    compressed = bool(ds.file_meta.get("TransferSyntaxUID", "")) and ds.file_meta.TransferSyntaxUID.is_compressed
    if not compressed or bits < ds.BitsAllocated:
        values = (values >> (high + 1 - bits)) & ((1 << bits) - 1)
        if ds.get("PixelRepresentation", 0) == 1:
            values = np.where(values >> (bits - 1), values - (1 << bits), values)
    return values


def group(ds, frame, sequence, attribute):
    """A value of the frame's functional groups, else the shared ones', else the image's."""
    frames = ds.get("PerFrameFunctionalGroupsSequence") or []
    shared = ds.get("SharedFunctionalGroupsSequence") or [{}]
    for item in ([frames[frame]] if frame < len(frames) else []) + [shared[0]]:
        part = item.get(sequence)
        if part and part[0].get(attribute) is not None:
            return part[0].get(attribute)
    return ds.get(attribute)


def numbers(value):
    return None if value is None or value == "" else np.array([float(v) for v in value])


def block_difference(ours, theirs):
    rows, columns = (n // 8 * 8 for n in ours.shape)
    delta = (ours[:rows, :columns] - theirs[:rows, :columns]).reshape(8, rows // 8, 8, columns // 8)
    return float(np.abs(delta.mean(axis=(1, 3))).max()) if rows and columns else 0.0


def check_voxels(ds, images, ours, problems):
    """A word for the table."""
    if any(i["rows"] * i["columns"] == 0 or "error" in i for i in images):
        codes = {i["error"] for i in images if "error" in i}
        return "pixels refused: " + ", ".join(sorted(codes))
    try:
        theirs = ds.pixel_array
    except Exception as error:  # what pydicom cannot decode has no reference
        return f"read; pydicom could not decode them ({type(error).__name__})"
    theirs = stored(ds, theirs.reshape((-1,) + theirs.shape[-2:]))
    if theirs.shape != ours.shape:
        problems.append(f"shape {ours.shape}, pydicom {theirs.shape}")
        return "differs"
    if np.array_equal(theirs, ours):
        return "equal"
    if not images[0]["lossy"]:
        problems.append(f"{int((theirs != ours).sum())} values differ")
        return "differs"
    worst = max(block_difference(a, b) for a, b in zip(ours, theirs))
    if worst > LOSSY_BLOCK:
        problems.append(f"lossy blocks differ by {worst:.3f}")
    return f"within {worst:.3f} on block means (lossy)"


def check_rescale(ds, images, problems):
    for frame, image in enumerate(images):
        for ours, attribute, default in (("slope", "RescaleSlope", 1), ("intercept", "RescaleIntercept", 0)):
            theirs = group(ds, frame, "PixelValueTransformationSequence", attribute)
            theirs = float(default if theirs in (None, "") else theirs)
            if ours == "slope" and theirs == 0:
                theirs = 1.0
            if abs(image[ours] - theirs) > 1e-9 * max(1, abs(theirs)):
                problems.append(f"frame {frame + 1}: {attribute} {image[ours]}, pydicom {theirs}")


def check_place(ds, stack, problems):
    """Largest distance of a slice's corners from where pydicom's attributes put them."""
    grid = stack["grid"]
    origin, step_i, step_j, step_k = (np.array(grid[n]) for n in ("origin", "stepI", "stepJ", "stepK"))
    worst = 0.0
    for k, frame in enumerate(stack["slices"]):
        if frame < 0:
            continue
        position = numbers(group(ds, frame, "PlanePositionSequence", "ImagePositionPatient"))
        orientation = numbers(group(ds, frame, "PlaneOrientationSequence", "ImageOrientationPatient"))
        spacing = numbers(group(ds, frame, "PixelMeasuresSequence", "PixelSpacing"))
        if position is None or orientation is None or spacing is None:
            problems.append(f"frame {frame + 1} has no place for pydicom")
            return worst
        orientation = np.concatenate([orientation[:3] / np.linalg.norm(orientation[:3]),
                                      orientation[3:] / np.linalg.norm(orientation[3:])])
        for i in (0, grid["size"][0] - 1):
            for j in (0, grid["size"][1] - 1):
                theirs = position + orientation[:3] * spacing[1] * i + orientation[3:] * spacing[0] * j
                worst = max(worst, float(np.linalg.norm(origin + step_i * i + step_j * j + step_k * k - theirs)))
    if worst > PLACE_MM:
        problems.append(f"slices lie {worst:.4f} mm off")
    return worst


def kind(ds):
    uid = ds.get("SOPClassUID") or ds.file_meta.get("MediaStorageSOPClassUID") or ""
    return getattr(uid, "name", str(uid)).replace(" Storage", "") or "?"


def examine(entry, root, values):
    """Result, detail, problems."""
    if "refused" in entry:
        error = entry["refused"]
        reason = [a for a in error["arguments"][1:] if a]
        return "refused", error["code"] + (": " + ", ".join(reason) if reason else ""), []
    problems = []
    ds = pydicom.dcmread(root / entry["file"], force=True)
    stacks, images = entry["stacks"], entry.get("images", [])
    count = [i["rows"] * i["columns"] for i in images]
    raw = values[entry["offset"] // 4 : entry["offset"] // 4 + sum(count)]
    if entry["file"].endswith(".nrrd"):
        return "opened", "NRRD; compared by the tests of core/formats", []
    if kind(ds) == "Media Directory":
        return "opened", f"its folder: {entry['studies']} studies, {len(stacks)} stacks", []
    if not images:
        return "opened", "", ["no image of it was compared"]
    ours = raw.reshape(len(images), images[0]["rows"], images[0]["columns"]).astype(np.int64)
    details = ["values " + check_voxels(ds, images, ours, problems)]
    check_rescale(ds, images, problems)
    worst = 0.0
    for stack in stacks:
        if "grid" in stack and "radiograph" not in stack:
            worst = max(worst, check_place(ds, stack, problems))
        if "radiograph" in stack:
            r = stack["radiograph"]
            spacing = " x ".join(f"{v:.4g}" for v in r["spacing"]) + " mm" if "spacing" in r else "pixels only"
            details.append(f"radiograph, {r['calibration']}, {spacing}, "
                           f"{'oriented' if r['oriented'] else 'orientation unknown'}")
        elif "refusal" in stack:
            details.append("alone: " + stack["refusal"]["code"])
    if any("grid" in s and "radiograph" not in s for s in stacks):
        details.append(f"place within {max(worst, 1e-6):.0e} mm")
    if len(images) > 1:
        details.insert(0, f"{len(images)} frames, {len(stacks)} stack{'s' if len(stacks) > 1 else ''}")
    return "opened", "; ".join(details), problems


def dump(program, folder):
    environment = dict(os.environ, SPONDYL_CONFORMANCE_OUT=str(folder))
    subprocess.run([program, "conformance dump"], env=environment, check=True, stdout=subprocess.DEVNULL)
    entries = [json.loads(line) for line in (folder / "files.jsonl").read_text(encoding="utf-8").splitlines()]
    return entries, np.fromfile(folder / "values.raw", dtype="<i4")


def write_table(path, rows, counts):
    lines = [f"{len(rows)} files: " + ", ".join(f"{n} {what}" for what, n in sorted(counts.items())) + ".", "",
             "| file | object | syntax | result | detail |", "|---|---|---|---|---|"]
    lines += ["| " + " | ".join(str(c).replace("|", "/") for c in row) + " |" for row in rows]
    text = path.read_text(encoding="utf-8")
    head, tail = text.split(BEGIN)[0], text.split(END)[1]
    path.write_text(head + BEGIN + "\n" + "\n".join(lines) + "\n" + END + tail, encoding="utf-8")


def main():
    data = os.environ.get("SPONDYL_TEST_DATA")
    if not data or not (pathlib.Path(data) / "dicom_loader/INDEX.csv").exists():
        print("SKIPPED: SPONDYL_TEST_DATA is not set")
        return 77
    warnings.simplefilter("ignore")
    root = pathlib.Path(data) / "dicom_loader"
    with tempfile.TemporaryDirectory() as folder:
        entries, values = dump(sys.argv[1], pathlib.Path(folder))
    rows, bad, counts = [], 0, collections.Counter()
    for entry in entries:
        try:
            ds = pydicom.dcmread(root / entry["file"], force=True, stop_before_pixels=True)
            what, syntax = kind(ds), str(ds.file_meta.get("TransferSyntaxUID", "") or "not stated")
        except Exception:
            what, syntax = "not DICOM for pydicom", ""
        result, detail, problems = examine(entry, root, values)
        counts[result] += 1
        rows.append((entry["file"], what, syntax.replace("1.2.840.10008.1.2", "…"), result, detail))
        for problem in problems:
            bad += 1
            print(f"{entry['file']}: {problem}")
    print(f"{len(rows)} files, {dict(counts)}, {bad} differences")
    if "--write" in sys.argv:
        write_table(pathlib.Path(sys.argv[sys.argv.index("--write") + 1]), rows, counts)
    return 1 if bad else 0


sys.exit(main())
