"""The decoder on the field of tests/inference/pipelines/decode_case.json, which the C++ port decodes
as well (decode_parity_test.cpp): same parameters, same answer."""

import dataclasses
import json
import sys
import unittest
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "inference" / "training"))

from decode import DecodeParameters, decode

CASE = json.loads((ROOT / "tests/inference/pipelines/decode_case.json").read_text())


def field(case):
    """Balls of one class; each replaces what was there. `sacrum`: some of it as well."""
    size = case["size"]
    probabilities = np.zeros((8, *size), np.float32)
    probabilities[0] = 1
    offsets, level = np.zeros((3, *size), np.float32), np.zeros(size, np.float32)
    grid = np.indices(size)
    for ball in case["balls"]:
        at = ball["at"]
        inside = sum((grid[k] - at[k]) ** 2 for k in range(3)) <= ball["radius"] ** 2
        probabilities[:, inside] = 0
        probabilities[ball["class"]][inside] = ball["p"]
        probabilities[4][inside] += ball.get("sacrum", 0)
        probabilities[0][inside] = 1 - ball["p"] - ball.get("sacrum", 0)
        for k in range(3):
            offsets[k][inside] = (ball["vote"][k] - grid[k][inside]) * 2.0 * case["offset_share"]
        level[inside] = ball["level"]
    return probabilities, offsets, level


class DecodeCase(unittest.TestCase):
    def test_every_parameter_is_the_one_of_the_case(self):
        ours = {k: list(v) if isinstance(v, tuple) else v
                for k, v in dataclasses.asdict(DecodeParameters()).items()}
        self.assertEqual(ours, CASE["parameters"])

    def test_the_answer_is_the_one_of_the_case(self):
        result = decode(*field(CASE))
        self.assertEqual(len(result.vertebrae), len(CASE["vertebrae"]))
        for found, wanted in zip(result.vertebrae, CASE["vertebrae"]):
            np.testing.assert_allclose(found["centre_mm"], wanted["centre_mm"], atol=0.01)
            self.assertAlmostEqual(found["level"], wanted["level"], places=3)
            self.assertAlmostEqual(found["volume_ml"], wanted["volume_ml"], places=3)
            self.assertEqual(found["whole"], wanted["whole"])
        self.assertAlmostEqual(result.sacrum.sum() * 0.008, CASE["sacrum_ml"], places=3)


if __name__ == "__main__":
    unittest.main()
