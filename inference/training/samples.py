"""One training sample: geometry from a phantom volume, appearance by modality, the field cropped, targets."""

from dataclasses import dataclass

import torch

import appearance_mr
from appearance import (ARCH, BACKGROUND, BODY, PATCH, Dice, paint, sample_geometry, scan, targets)
from network import SPACING_MM, normalise_ct


@dataclass
class Sample:
    """One patch: the network's input and its targets. Arrays z,y,x."""

    image: torch.Tensor  # float32, as the network takes it
    values: torch.Tensor  # float32: HU, or MR signal of any scale
    classes: torch.Tensor  # uint8, in the order of network.CLASSES[modality]
    offset_mm: torch.Tensor  # float32 3,z,y,x, zero outside vertebrae
    level: torch.Tensor  # float32, zero outside vertebrae


def crop_field(dice, patch, share=(0.22, 0.22, 0.22)):
    """True outside a short field of view: cut at planes, each side of an axis with its probability."""
    outside = torch.zeros(patch, dtype=torch.bool)
    for axis in range(3):
        for side in (0, 1):
            if not dice.chance(share[axis]):
                continue
            cut = int(patch[axis] * dice.uniform(0.02, 0.35))
            start = 0 if side == 0 else patch[axis] - cut
            outside.narrow(axis, start, cut).fill_(True)
    return outside


def make_sample(volume, seed, patch=PATCH, modality="ct"):
    """The sample that this seed makes of this volume."""
    dice = Dice(seed)
    with torch.no_grad():
        classes, instances, soft, distance, outside, matrix, centre = sample_geometry(
            dice, volume, patch, SPACING_MM[modality])
        vertebra = instances.clone()
        vertebra[(classes != BODY) & (classes != ARCH)] = 0  # discs and sacrum have numbers too
        offset, level = targets(volume, vertebra, matrix, centre, patch, SPACING_MM[modality])
        if modality == "ct":
            values = scan(dice, paint(dice, classes, vertebra, soft, distance))
            air = -1000.0 if dice.chance(0.6) else dice.uniform(-1024, -900)
            if dice.chance(0.40):
                outside = outside | crop_field(dice, patch)
            values[outside] = air
            values = values.clamp(-1024, 3071)
            image = normalise_ct(values)
        else:
            if dice.chance(0.55):  # sagittal stacks are narrow
                outside = outside | crop_field(dice, patch, (0.15, 0.15, 0.6))
            values, image, classes = appearance_mr.render(
                dice, classes, instances, soft, distance, offset, outside)
        classes[outside] = BACKGROUND
        gone = (classes != BODY) & (classes != ARCH)
        level[gone] = 0.0
        offset[:, gone] = 0.0
    return Sample(image, values, classes, offset, level)
