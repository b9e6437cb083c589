"""Heat maps are read where they were drawn; mirrored samples exchange their sides; the loss wants both."""

import sys
import unittest
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).parents[1]))

from landmarks import MAP_SIZE, MAPS, SITES, LandmarkNet, crop_position, loss_of, read
from landmarks_samples import PATCH, in_patch, marrow_corners, true_axes


def drawn(place, share=0.95):
    axes = [torch.arange(n, dtype=torch.float32) for n in MAP_SIZE]
    gap = [(a - p)**2 for a, p in zip(axes, place)]
    logit = -0.5 * (gap[0][:, None, None] + gap[1][None, :, None] + gap[2][None, None, :]) / 0.64
    return logit - logit.logsumexp((0, 1, 2)) + torch.tensor(share / (1 - share)).log()


def box():
    """Corners of a body of 40 x 30 x 20 mm; z, y, x."""
    at = {}
    for end, z in (("superior", 10.0), ("inferior", -10.0)):
        for place, y, x in (("anterior", -15.0, 0.0), ("posterior", 15.0, 0.0), ("left", 0.0, 20.0),
                            ("right", 0.0, -20.0), ("middle", 0.0, 0.0)):
            at[f"{end}.{place}"] = torch.tensor([z, y, x])
    return at


class Landmarks(unittest.TestCase):
    def test_a_map_is_read_between_its_voxels(self):
        place = torch.tensor([9.3, 20.7, 11.45])
        maps = torch.full((MAPS, *MAP_SIZE), -30.0)
        maps[3] = drawn(place)
        places, confidence = read(maps)
        self.assertLess(float((places[3] - crop_position(place)).abs().max()), 0.06)
        self.assertAlmostEqual(float(confidence[3]), 0.95, delta=0.05)
        self.assertLess(float(confidence[0]), 1e-6)

    def test_the_loss_is_least_where_the_landmark_is_and_when_absence_is_said(self):
        place = torch.tensor([9.3, 20.7, 11.45])
        position = place.repeat(1, MAPS, 1)
        present = torch.zeros(1, MAPS, dtype=torch.bool)
        present[0, 3] = True
        maps = torch.full((1, MAPS, *MAP_SIZE), -30.0)
        maps[0, 3] = drawn(place, 0.999)
        right = sum(loss_of(maps, position, present))
        aside = maps.clone()
        aside[0, 3] = drawn(place + 1.5, 0.999)
        self.assertGreater(float(sum(loss_of(aside, position, present))), float(right) + 0.05)
        invented = maps.clone()
        invented[0, 5] = drawn(place, 0.999)
        self.assertGreater(float(sum(loss_of(invented, position, present))), float(right) + 0.05)

    def test_a_mirrored_patch_exchanges_left_and_right(self):
        matrix = torch.diag(torch.tensor([1.0, 1.0, -1.0]))
        centre = torch.tensor([50.0, 50.0, 50.0])
        sites = in_patch({7: {k: v + centre for k, v in box().items()}}, matrix, centre)[7]
        self.assertGreater(float(sites["superior.left"][2]), float(sites["superior.right"][2]))
        self.assertAlmostEqual(float(sites["superior.anterior"][1]), (PATCH[1] - 1) / 2 - 15, places=4)

    def test_marrow_corners_lie_inside_the_bone(self):
        sites = box()
        inner, _ = marrow_corners(sites, {}, 1.0)
        left, posterior, superior = true_axes(sites)
        self.assertEqual(left.tolist(), [0, 0, 1])
        self.assertEqual(posterior.tolist(), [0, 1, 0])
        self.assertEqual(superior.tolist(), [1, 0, 0])
        self.assertEqual(inner["superior.left"].tolist(), [9, 0, 19])
        self.assertEqual(inner["inferior.anterior"].tolist(), [-9, -14, 0])
        self.assertEqual(inner["superior.middle"].tolist(), [9, 0, 0])

    def test_the_network_answers_as_many_numbers_as_it_reads(self):
        window = torch.zeros(1, 1, 4 * MAP_SIZE[0], 2 * MAP_SIZE[1], 2 * MAP_SIZE[2])
        network = LandmarkNet().eval()
        with torch.no_grad():
            self.assertEqual(network(window).shape, window.shape)
            self.assertEqual(network.maps(window).shape, (1, len(SITES), *MAP_SIZE))


if __name__ == "__main__":
    unittest.main()
