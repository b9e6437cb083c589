"""Run with: python -m unittest discover -s inference/training/tests"""

import json
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np
import torch
from scipy import ndimage

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import appearance_mr
from appearance import Dice
from decode import ARCH, BODY, SACRUM, DecodeParameters, decode
from export import parity, trace
from losses import loss_terms
from network import UNet, start_from
from pool import PoolVolume
from predict import labels_to_grid, to_grid
from samples import make_sample

SIZE = (80, 72, 64)


def write_volume(folder):
    """A column of five blocks with a plate behind each: enough geometry for the code paths."""
    classes = np.zeros(SIZE, np.uint8)
    instances, soft = classes.copy(), np.full(SIZE, 2, np.uint8)
    vertebrae = []
    for k in range(4):
        z = 10 + 19 * k
        body = np.s_[z - 6:z + 6, 26:40, 20:44]
        arch = np.s_[z - 3:z + 3, 46:60, 29:35]
        classes[body], classes[arch] = 1, 2
        instances[body] = instances[arch] = k + 1
        vertebrae.append({"number": k + 1, "rank": 24 - k, "centre_zyx": [z - 0.5, 32.5, 31.5]})
    distance = np.where((classes == 1) | (classes == 2), -8, 8).astype(np.int8)
    path = Path(folder) / "phantom-00000001.spp"
    size = int(np.prod(SIZE))
    names = ("class", "instance", "tissue", "distance")
    header = {"shape": SIZE, "seed": 1, "spacing_mm": 2.0, "instances": vertebrae, "blocks": [
        {"name": n, "offset": 8192 + k * size, "dtype": "i1" if n == "distance" else "u1"}
        for k, n in enumerate(names)]}
    text = json.dumps(header).encode()
    text = b"SPNDPOOL" + len(text).to_bytes(4, "little") + text
    path.write_bytes(text.ljust(8192) + b"".join(
        a.tobytes() for a in (classes, instances, soft, distance)))
    return path


class Appearance(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.volume = PoolVolume(write_volume(self.folder.name))

    def tearDown(self):
        self.folder.cleanup()

    def test_a_seed_reproduces_every_value_of_a_sample(self):
        for seed in range(6):
            a = make_sample(self.volume, seed, (48, 48, 48))
            b = make_sample(self.volume, seed, (48, 48, 48))
            for name in ("image", "values", "classes", "offset_mm", "level"):
                self.assertTrue(torch.equal(getattr(a, name), getattr(b, name)))
        other = make_sample(self.volume, 99, (48, 48, 48))
        self.assertFalse(torch.equal(a.values, other.values))

    def test_every_vertebra_voxel_points_to_one_centre_in_the_patch_frame(self):
        for seed in range(6):
            sample = make_sample(self.volume, seed, (64, 64, 64))
            for level in torch.unique(sample.level[sample.level > 0]):
                where = (sample.level == level).nonzero()
                point = where * 2.0 + sample.offset_mm[:, sample.level == level].T
                self.assertLess(float((point - point.mean(0)).abs().max()), 1e-2)
                body = ((sample.level == level) & (sample.classes == 1)).nonzero() * 2.0
                if len(body) > 1500:
                    self.assertLess(float((body.mean(0) - point.mean(0)).norm()), 8.0)

    def test_intensities_are_hounsfield_units_and_finite(self):
        for seed in range(8):
            hu = make_sample(self.volume, seed, (48, 48, 48)).values
            self.assertTrue(torch.isfinite(hu).all())
            self.assertGreaterEqual(float(hu.min()), -1024)
            self.assertLessEqual(float(hu.max()), 3071)


    def test_a_body_of_mr_is_marrow_and_ends_inside_its_cortex(self):
        shape = (32, 32, 32)
        classes = torch.zeros(shape, dtype=torch.uint8)
        classes[:, :, 16:] = 1
        classes[:, :, 24:] = 2
        distance = (15.5 - torch.arange(32.0)).expand(shape).contiguous() * 0.5
        none = torch.zeros(shape, dtype=torch.uint8)
        for seed in range(8):
            shown = appearance_mr.render(Dice(seed), classes, none, none, distance,
                                         torch.zeros(3, *shape), torch.zeros(shape, dtype=bool))[2]
            self.assertEqual(int(((shown == 1) & (distance > -0.5)).sum()), 0)
            self.assertTrue((shown[(classes == 1) & (distance < -1.7)] == 1).all())
            self.assertTrue((shown[classes == 2] == 2).all())

    def test_an_mr_sample_is_normalised(self):
        for seed in range(8):
            mr = make_sample(self.volume, seed, (64, 64, 64), "mr")
            self.assertTrue(torch.isfinite(mr.image).all())
            self.assertGreaterEqual(float(mr.image.min()), -2.0)
            self.assertLessEqual(float(mr.image.max()), 3.0)
            self.assertEqual(int(mr.level[mr.classes == 0].abs().sum()), 0)

    def test_a_networks_new_class_starts_as_a_copy_of_the_canals(self):
        torch.manual_seed(1)
        small, large = UNet((4, 8, 8, 8, 8)), UNet((4, 8, 8, 8, 8), 9)
        start_from(large, small.state_dict())
        rows = small.state_dict()["head.bias"]
        self.assertTrue(torch.equal(large.state_dict()["head.bias"],
                                    torch.cat([rows[:8], rows[5:6], rows[8:]])))


class Loss(unittest.TestCase):
    def test_a_perfect_answer_costs_nearly_nothing_and_a_wrong_one_more(self):
        classes = torch.zeros(1, 16, 16, 16, dtype=torch.uint8)
        classes[:, 4:12, 4:12, 4:12] = 1
        level = (classes == 1).float() * 22
        offset = torch.zeros(1, 3, 16, 16, 16)
        output = torch.full((1, 12, 16, 16, 16), -12.0)
        output[:, :8].scatter_(1, classes.long()[:, None], 12.0)
        output[:, 8:11], output[:, 11] = 0.0, 22 / 24
        self.assertLess(loss_terms(output, classes, offset, level)[0].item(), 0.01)
        self.assertGreater(float(loss_terms(output.roll(5, 2), classes, offset, level)[0]), 0.3)

    def test_an_absent_class_is_not_pushed_by_the_dice_term(self):
        classes = torch.zeros(1, 16, 16, 16, dtype=torch.uint8)
        output = torch.zeros(1, 12, 16, 16, 16, requires_grad=True)
        _, terms = loss_terms(output, classes, torch.zeros(1, 3, 16, 16, 16),
                              torch.zeros(1, 16, 16, 16))
        self.assertEqual(float(terms["dice"].detach()), 0.0)


class Decoder(unittest.TestCase):
    def field(self, centres, size=(120, 48, 48), half=6):
        probabilities = np.zeros((8, *size), np.float32)
        offsets = np.zeros((3, *size), np.float32)
        level = np.zeros(size, np.float32)
        grid = np.indices(size)
        for (z, y, x), number, h in centres:
            near = ((abs(grid[0] - z) < h) & (abs(grid[1] - y) < 8) & (abs(grid[2] - x) < 10))
            arch = ((abs(grid[0] - z) < 3) & (abs(grid[1] - y - 14) < 6) & (abs(grid[2] - x) < 3))
            probabilities[BODY][near], probabilities[ARCH][arch] = 0.9, 0.9
            for k, c in enumerate((z, y, x)):
                offsets[k][near | arch] = (c - grid[k][near | arch]) * 2.0
            level[near | arch] = number
        probabilities[0] = 1 - probabilities[1:].sum(0)
        return probabilities, offsets, level

    def test_a_column_becomes_one_instance_per_body_from_top_to_bottom(self):
        centres = [((102 - 18 * k, 20, 24), 20 + k, 7) for k in range(5)]
        result = decode(*self.field(centres))
        self.assertEqual(len(result.vertebrae), 5)
        for (c, _, _), v in zip(centres, result.vertebrae):
            self.assertLess(np.linalg.norm(np.array(c) * 2 - v["centre_mm"]), 1.5)

    def test_a_peak_beside_the_column_is_not_in_the_chain(self):
        centres = [((102 - 18 * k, 20, 16), 20 + k, 7) for k in range(5)] + [((66, 24, 38), 22, 4)]
        p = DecodeParameters()
        result = decode(*self.field(centres), p)
        self.assertEqual(len(result.vertebrae), 5)

    def test_a_stump_at_the_chain_end_is_dropped_unless_the_edge_cuts_it(self):
        centres = [((102 - 18 * k, 20, 24), 20 + k, 7) for k in range(5)] + [((12, 20, 24), 25, 2)]
        probabilities, offsets, level = self.field(centres)
        probabilities[ARCH][8:17, 28:] = 0
        self.assertEqual(len(decode(probabilities, offsets, level).vertebrae), 5)

    def test_s1_read_as_a_vertebra_goes_to_the_sacrum(self):
        centres = [((112 - 18 * k, 20, 24), 20 + k, 7) for k in range(5)] + [((20, 20, 24), 24, 6)]
        probabilities, offsets, level = self.field(centres)
        s1 = (probabilities[BODY] > 0) & (np.indices(probabilities.shape[1:])[0] < 28)
        grown = ndimage.binary_dilation(s1, iterations=4) & (probabilities[:3].max(0) > 0)
        probabilities[BODY][s1], probabilities[SACRUM][s1] = 0.8, 0.15
        ring = grown & ~s1 & (probabilities[ARCH] == 0)
        probabilities[SACRUM][ring] = 0.9
        probabilities[0][ring] = 0.1
        result = decode(probabilities, offsets, level)
        self.assertEqual(len(result.vertebrae), 5)
        self.assertTrue(result.sacrum[s1].mean() > 0.9)
        probabilities[SACRUM][s1] = 0.0
        self.assertEqual(len(decode(probabilities, offsets, level).vertebrae), 6)

    def test_a_small_piece_at_the_edge_that_touches_the_sacrum_is_s1(self):
        centres = [((112 - 18 * k, 20, 24), 20 + k, 7) for k in range(5)] + [((20, 20, 24), 24, 3)]
        probabilities, offsets, level = self.field(centres)
        stump = (probabilities[BODY] > 0) & (np.indices(probabilities.shape[1:])[0] < 26)
        probabilities[ARCH][:26] = 0
        crop = lambda a: a[..., 15:33]  # a narrow field: its edges cut every vertebra
        probabilities[BODY][stump], probabilities[SACRUM][stump] = 0.8, 0.15
        probabilities[SACRUM][2:17, 6:40] = 0.9
        probabilities[0] = np.maximum(0, 1 - probabilities[1:].sum(0))
        result = decode(crop(probabilities), crop(offsets), crop(level))
        self.assertEqual(len(result.vertebrae), 5)
        probabilities[SACRUM][2:17, 6:40] = 0.0
        probabilities[0] = np.maximum(0, 1 - probabilities[1:].sum(0))
        self.assertEqual(len(decode(crop(probabilities), crop(offsets), crop(level)).vertebrae), 6)

    def test_nothing_gives_no_instance(self):
        empty = np.zeros((8, 32, 32, 32), np.float32)
        empty[0] = 1
        result = decode(empty, np.zeros((3, 32, 32, 32), np.float32), np.zeros((32,) * 3, "f4"))
        self.assertEqual((len(result.vertebrae), int(result.sacrum.sum())), (0, 0))

    def test_a_sacrum_below_20_ml_does_not_count(self):
        probabilities = np.zeros((8, 40, 40, 40), np.float32)
        probabilities[SACRUM, :12, :12, :12] = 0.9  # 13.8 mL
        zeros = np.zeros((3, 40, 40, 40), np.float32)
        self.assertEqual(decode(probabilities, zeros, zeros[0]).sacrum.sum(), 0)
        probabilities[SACRUM, :14, :14, :14] = 0.9  # 22 mL
        self.assertGreater(decode(probabilities, zeros, zeros[0]).sacrum.sum(), 0)


class Grids(unittest.TestCase):
    def test_resampling_keeps_a_ramp_at_its_place_in_mm(self):
        ramp = np.tile(((np.arange(60) + 0.5) * 0.8)[:, None, None], (1, 20, 20)).astype("f4")
        out = to_grid(ramp, (0.8, 1.0, 3.0))
        self.assertEqual(out.shape, (24, 10, 30))
        wanted = (np.arange(24) + 0.5) * 2.0
        np.testing.assert_allclose(out[3:-3, 5, 15], wanted[3:-3], atol=0.02)

    def test_labels_come_back_at_the_same_place(self):
        labels = np.zeros((40, 40, 40), np.uint8)
        labels[10:30, 8:20, 16:32] = 3
        out = labels_to_grid(labels, (80, 80, 80), (1.0, 1.0, 1.0))
        self.assertEqual(sorted(np.unique(out)), [0, 3])
        z, y, x = (np.flatnonzero(out.any(axis=tuple(a for a in range(3) if a != k)))
                   for k in range(3))
        self.assertLessEqual(abs(z[0] - 20) + abs(y[-1] - 39) + abs(x[0] - 32), 2)


class Export(unittest.TestCase):
    def test_the_trace_equals_its_source_at_another_shape(self):
        torch.manual_seed(0)
        network = UNet((4, 8, 8, 8, 8)).eval()
        same, _ = parity(network, trace(network), (32, 48, 16))
        self.assertLess(same, 1e-4)


if __name__ == "__main__":
    unittest.main()
