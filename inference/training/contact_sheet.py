"""Writes a picture of samples, beside slices of a real CT where SPONDYL_TEST_DATA has one.

    python contact_sheet.py --pool pool --out sheet.png [--seed 1] [--labels]
"""

import argparse
import os
from pathlib import Path

import numpy as np
from PIL import Image

from network import CLASSES, SPACING_MM
from pool import PoolVolume, list_pool
from samples import make_sample

# Of the tuning half where there is a split.
REAL = {"ct": ("ct_totalsegmentator/example_ct.nii.gz",),
        "mr": ("mr_bodies_chu2015/chu04_img.nii.gz", "mr_bodies_zukic2014/AKa3_T1FSE_img.nii.gz",
               "mr_bodies_waterfat/wf01_img.nii.gz")}
COLOURS = np.array([(0, 0, 0), (230, 90, 60), (240, 190, 60), (80, 200, 120), (70, 130, 230),
                    (200, 80, 200), (120, 220, 230), (170, 170, 170), (250, 240, 90)])


GREY = {"ct": (-1.0, 1.7), "mr": (-2.0, 2.2)}  # of the network's input, black to white


def window(image, modality):
    low, high = GREY[modality]
    return (255 * np.clip((image - low) / (high - low), 0, 1)).astype(np.uint8)


def tile(image, classes, modality, size=192):
    """Sagittal, coronal and axial middle slices side by side, head up."""
    z, y, x = (n // 2 for n in image.shape)
    views = []
    for cut in (np.s_[::-1, :, x], np.s_[::-1, y, :], np.s_[z, :, :]):
        grey = np.repeat(window(image[cut], modality)[..., None], 3, axis=2)
        if classes is not None:
            c = classes[cut]
            grey = np.where((c > 0)[..., None], (grey * 0.55 + COLOURS[c] * 0.45), grey)
        views.append(np.asarray(Image.fromarray(grey.astype(np.uint8)).resize((size, size))))
    return np.concatenate(views, axis=1)


def real_tiles(path, modality):
    """Two places of a real image, one above the other."""
    from predict import input_of, load_image, to_grid

    image = input_of(to_grid(*load_image(path), SPACING_MM[modality]), modality)
    size = np.array(image.shape)
    tiles = []
    for share in ((0.35, 0.55, 0.5), (0.7, 0.55, 0.5)):
        centre = (size * share).astype(int)
        low = np.clip(centre - (48, 40, 40), 0, np.maximum(size - (96, 80, 80), 0))
        cut = image[tuple(slice(a, a + n) for a, n in zip(low, (96, 80, 80)))]
        pad = [((n - m) // 2, n - m - (n - m) // 2) for n, m in zip((96, 80, 80), cut.shape)]
        tiles.append(tile(np.pad(cut, pad, constant_values=GREY[modality][0]), None, modality))
    return tiles


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pool", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rows", type=int, default=7)
    parser.add_argument("--labels", action="store_true")
    parser.add_argument("--modality", choices=sorted(CLASSES), default="ct")
    options = parser.parse_args()
    paths = list_pool(options.pool)
    tiles = []
    for n in range(2 * options.rows):
        volume = PoolVolume(paths[(options.seed * 37 + n * 11) % len(paths)])
        sample = make_sample(volume, options.seed * 1000 + n, modality=options.modality)
        tiles.append(tile(sample.image.numpy(), sample.classes.numpy() if options.labels else None,
                          options.modality))
    if "SPONDYL_TEST_DATA" in os.environ:
        root = Path(os.environ["SPONDYL_TEST_DATA"])
        for name in REAL[options.modality]:
            tiles += real_tiles(root / name, options.modality)
    half = len(tiles) // 2
    rows = [np.concatenate(tiles[i::half][:2], axis=1) for i in range(half)]
    Image.fromarray(np.concatenate(rows, axis=0)).save(options.out)


if __name__ == "__main__":
    main()
