"""Writes a picture of samples, beside slices of a real CT where SPONDYL_TEST_DATA has one.

    python contact_sheet.py --pool pool --out sheet.png [--seed 1] [--labels]
"""

import argparse
import os
from pathlib import Path

import numpy as np
from PIL import Image

from appearance import make_sample
from pool import PoolVolume, list_pool

COLOURS = np.array([(0, 0, 0), (230, 90, 60), (240, 190, 60), (80, 200, 120), (70, 130, 230),
                    (200, 80, 200), (120, 220, 230), (170, 170, 170)])


def window(hu, low=-200.0, high=600.0):
    return (255 * np.clip((hu - low) / (high - low), 0, 1)).astype(np.uint8)


def tile(hu, classes, size=192):
    """Sagittal, coronal and axial middle slices side by side, head up."""
    z, y, x = (n // 2 for n in hu.shape)
    views = []
    for cut in (np.s_[::-1, :, x], np.s_[::-1, y, :], np.s_[z, :, :]):
        grey = np.repeat(window(hu[cut])[..., None], 3, axis=2)
        if classes is not None:
            c = classes[cut]
            grey = np.where((c > 0)[..., None], (grey * 0.55 + COLOURS[c] * 0.45), grey)
        views.append(np.asarray(Image.fromarray(grey.astype(np.uint8)).resize((size, size))))
    return np.concatenate(views, axis=1)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pool", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rows", type=int, default=7)
    parser.add_argument("--labels", action="store_true")
    options = parser.parse_args()
    paths = list_pool(options.pool)
    tiles = []
    for n in range(2 * options.rows):
        volume = PoolVolume(paths[(options.seed * 37 + n * 11) % len(paths)])
        sample = make_sample(volume, options.seed * 1000 + n)
        tiles.append(tile(sample.hu.numpy(), sample.classes.numpy() if options.labels else None))
    if "SPONDYL_TEST_DATA" in os.environ:
        from evaluate import DEVELOPMENT_IMAGE
        from predict import load_ct, to_grid

        raw, spacing = load_ct(Path(os.environ["SPONDYL_TEST_DATA"]) / DEVELOPMENT_IMAGE)
        hu = to_grid(raw, spacing)
        for (z, y, x) in ((70, 90, 76), (115, 85, 76)):
            z = min(max(z, 48), hu.shape[0] - 48)
            y = min(max(y, 40), hu.shape[1] - 40)
            tiles.append(tile(hu[z - 48:z + 48, y - 40:y + 40, x - 40:x + 40], None))
    half = len(tiles) // 2
    rows = [np.concatenate(tiles[i::half][:2], axis=1) for i in range(half)]
    Image.fromarray(np.concatenate(rows, axis=0)).save(options.out)


if __name__ == "__main__":
    main()
