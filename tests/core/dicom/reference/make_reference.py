#!/usr/bin/env python3
"""What independent readers (pydicom, nibabel) make of the test data: numbers and hashes only, no pixels.

usage: make_reference.py DATA_FOLDER OUT_FOLDER   (made with pydicom 3.0.2, pylibjpeg, pyjpegls, nibabel 5.4.2)

files.csv   every single-frame CT and MR image that pydicom decodes: matrix, sha256 of the stored values (int32, little
            endian, row by row), rescale, position, orientation, pixel spacing, means of 8 x 8 blocks (for lossy files)
series.csv  folders that are one volume: sorted along the normal, grid in LPS, sha256 over all slices
nifti.csv   every NIfTI: grid in LPS, sha256 of the first volume's scaled values (float64, i fastest)
"""

import csv
import hashlib
import pathlib
import sys
import warnings

import nibabel
import numpy as np
import pydicom

IMAGES = ("1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.4")
LOSSY = {f"1.2.840.10008.1.2.4.{n}" for n in ("50", "51", "53", "55", "81", "91")}
FOLDERS = ["ct_dicom_series/siemens_petct_body_3mm", "dicom_loader/series_mr_knee_jpeg2000_every_fourth_slice", "dicom_loader/series_mr_localizer_mixed_planes",
           "dicom_loader/series_mr_sag_HFDL", "dicom_loader/series_mr_sag_HFP", "dicom_loader/series_mr_sag_HFS",
           "dicom_loader/seg_sr_rt/dcmqi_ct_3slice"]


def sha(array):
    return hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()


def number(value):
    return format(float(value), ".10g")


def stored(ds):
    """Stored numbers with the bits above High Bit taken away."""
    values = ds.pixel_array.astype(np.int64)
    bits, high = int(ds.BitsStored), int(ds.HighBit)
    if ds.file_meta.get("TransferSyntaxUID", "") and not ds.file_meta.TransferSyntaxUID.is_compressed or bits < ds.BitsAllocated:
        values = (values >> (high + 1 - bits)) & ((1 << bits) - 1)
        if ds.PixelRepresentation == 1:
            values = np.where(values >> (bits - 1), values - (1 << bits), values)
    return values.astype("<i4")


def images(folder):
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        try:
            ds = pydicom.dcmread(path, force=True)
            sop_class = ds.get("SOPClassUID") or ds.file_meta.get("MediaStorageSOPClassUID")
            if not (sop_class in IMAGES or not sop_class and ds.get("Modality") in ("CT", "MR")) or int(ds.get("NumberOfFrames") or 1) != 1 or "PixelData" not in ds:
                continue
            yield path, ds, stored(ds)
        except Exception:
            continue


def block_means(values):
    rows, columns = values.shape[0] // 8 * 8, values.shape[1] // 8 * 8
    blocks = values[:rows, :columns].reshape(8, rows // 8, 8, columns // 8).mean(axis=(1, 3))
    return ";".join(format(v, ".4f") for v in blocks.ravel())


def file_row(path, ds, values, data):
    syntax = ds.file_meta.get("TransferSyntaxUID", "")
    position = [number(v) for v in ds.get("ImagePositionPatient") or []] or [""] * 3
    orientation = [number(v) for v in ds.get("ImageOrientationPatient") or []] or [""] * 6
    spacing = [number(v) for v in ds.get("PixelSpacing") or []] or [""] * 2
    return [path.relative_to(data), *values.shape, sha(values), number(ds.get("RescaleSlope") or 1),
            number(ds.get("RescaleIntercept") or 0), *position, *orientation, *spacing, int(syntax in LOSSY),
            block_means(values)]


def series_rows(folder, data):
    stacks = {}
    for path, ds, values in images(data / folder):
        key = (ds.get('SeriesInstanceUID') or '', tuple(round(float(v), 3) for v in ds.ImageOrientationPatient))
        stacks.setdefault(key, []).append((ds, values))
    for (uid, _), members in sorted(stacks.items()):
        if len(members) < 2:
            continue
        o = np.array([float(v) for v in members[0][0].ImageOrientationPatient])
        normal = np.cross(o[:3], o[3:])
        members.sort(key=lambda m: np.dot(normal, [float(v) for v in m[0].ImagePositionPatient]))
        first, last = ([float(v) for v in members[k][0].ImagePositionPatient] for k in (0, -1))
        spacing = [float(v) for v in members[0][0].PixelSpacing]
        steps = [o[:3] * spacing[1], o[3:] * spacing[0], (np.array(last) - first) / (len(members) - 1)]
        yield [folder, uid, members[0][1].shape[1], members[0][1].shape[0], len(members),
               *map(number, first), *(number(v) for s in steps for v in s), sha(np.stack([m[1] for m in members]))]


def nifti_row(path, data):
    image = nibabel.load(path)
    affine = np.diag([-1, -1, 1, 1]) @ image.affine
    values = np.asarray(image.dataobj, dtype="<f8")
    values = values.reshape(values.shape[:3] + (-1,))[..., 0]
    return [path.relative_to(data), *values.shape, *(number(affine[r, c]) for c in (3, 0, 1, 2) for r in range(3)),
            sha(values.T)]


def main():
    data, out = map(pathlib.Path, sys.argv[1:3])
    warnings.simplefilter("ignore")
    grid = [f"{what}_{axis}" for what in ("origin", "step_i", "step_j", "step_k") for axis in "xyz"]
    tables = {
        "files": (["file", "rows", "columns", "sha256", "slope", "intercept", "px", "py", "pz", "ox1", "oy1", "oz1", "ox2",
                   "oy2", "oz2", "row_spacing", "column_spacing", "lossy", "block_means"],
                  [file_row(*image, data) for image in images(data)]),
        "series": (["folder", "series_uid", "ni", "nj", "nk", *grid, "sha256"],
                   [row for folder in FOLDERS for row in series_rows(folder, data)]),
        "nifti": (["file", "ni", "nj", "nk", *grid, "sha256"], [nifti_row(p, data) for p in sorted(data.rglob("*.nii.gz"))]),
    }
    for name, (head, rows) in tables.items():
        if name == "files":  # block means only where they are needed
            rows = [row if row[-2] else row[:-1] + [""] for row in rows]
        with open(out / f"{name}.csv", "w", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(head)
            writer.writerows(rows)
        print(name, len(rows))


main()
