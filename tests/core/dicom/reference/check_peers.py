#!/usr/bin/env python3
"""Lets other tools judge what we write: dciodvfy finds no error, highdicom (with nibabel) finds each segment's voxels at
the same place in the patient.

usage: check_peers.py TEST_DICOM_PROGRAM     exit 77: neither tool is there
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile


def complaints(path):
    result = subprocess.run(["dciodvfy", str(path)], capture_output=True, text=True)
    return [line for line in (result.stdout + result.stderr).splitlines() if line.startswith("Error")]


def places(mask, affine, np):
    index = np.argwhere(mask)
    return np.c_[index, np.ones(len(index))] @ affine.T[:, :3]


def compare(case, highdicom, nibabel, np):
    seg = highdicom.seg.segread(case / "seg.dcm")
    image = nibabel.load(case / "labels.nii")
    labels = np.asarray(image.dataobj)
    to_lps = np.diag([-1, -1, 1, 1]) @ image.affine
    by_label = {"L1": 20, "L2": 21, "T13": 28, "L6": 25, "SAC": 26, "L1-L2": 120, "CANAL": 61, "V1": 901, "D1": 1001}
    checked = 0
    for number in seg.segment_numbers:
        name = seg.get_segment_description(number).segment_label
        ours = places(labels == by_label[name], to_lps, np)
        theirs = []
        for frame, group in zip(seg.pixel_array, seg.PerFrameFunctionalGroupsSequence):
            if group.SegmentIdentificationSequence[0].ReferencedSegmentNumber != number:
                continue
            transform = highdicom.spatial.PixelToReferenceTransformer(
                group.PlanePositionSequence[0].ImagePositionPatient,
                seg.SharedFunctionalGroupsSequence[0].PlaneOrientationSequence[0].ImageOrientationPatient,
                seg.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0].PixelSpacing)
            theirs.append(transform(np.argwhere(frame)[:, ::-1]))
        theirs = np.concatenate(theirs)
        assert len(ours) == len(theirs), (case, name, len(ours), len(theirs))
        key = lambda p: p[np.lexsort(np.round(p, 2).T)]
        worst = np.abs(key(ours) - key(theirs)).max()
        assert worst < 1e-3, (case, name, worst)
        checked += len(ours)
    print(case.name, "highdicom:", checked, "voxels at the same place")


def main():
    validator = shutil.which("dciodvfy")
    try:
        import highdicom
        import nibabel
        import numpy as np
    except ImportError:
        highdicom = None
    if not validator and not highdicom:
        print("SKIPPED: neither dciodvfy nor highdicom")
        sys.exit(77)
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.argv[1], "[.samples]"], check=True, stdout=subprocess.DEVNULL,
                       env={**os.environ, "SPONDYL_SAMPLE_FOLDER": folder})
        for case in sorted(pathlib.Path(folder).iterdir()):
            files = [case / "seg.dcm", *sorted((case / "series").iterdir())]
            found = {str(f.name): complaints(f) for f in files} if validator else {}
            found = {name: errors for name, errors in found.items() if errors}
            assert not found, found
            print(case.name, "dciodvfy:", len(files) if validator else "not there", "objects without error")
            if highdicom:
                compare(case, highdicom, nibabel, np)
        if not highdicom:
            print("highdicom is not there: only dciodvfy judged")


main()
