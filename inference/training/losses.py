"""Loss of one batch: classes, offsets to the own body centre, level number."""

import torch
import torch.nn.functional as F

from network import EXTRA_CHANNELS, LEVEL_SCALE, OFFSET_SCALE_MM

# background, body, arch, disc, sacrum, canal, rib, other bone, cord (MR). Ribs are thin: they count double.
CLASS_WEIGHTS = (0.4, 1.0, 1.0, 1.0, 1.0, 1.0, 2.0, 0.9, 1.0)
OFFSET_WEIGHT = 1.5
MINIMUM_PRESENT = 50  # voxels of a class in the batch for its Dice term


def loss_terms(output, classes, offset_mm, level):
    """output [N,classes+4,z,y,x] (any float type), classes uint8 [N,z,y,x], offset [N,3,...], level."""
    output = output.float()
    target = classes.long()
    number = output.shape[1] - EXTRA_CHANNELS
    log_probability = F.log_softmax(output[:, :number], dim=1)
    picked = log_probability.gather(1, target[:, None])[:, 0]
    weights = torch.tensor(CLASS_WEIGHTS)[target]
    cross_entropy = -(weights * picked).sum() / weights.sum()

    probability = log_probability.exp()
    own = picked.exp()
    counts = torch.bincount(classes.flatten().long(), minlength=number)
    dice = []
    for c in range(1, number):  # only classes that are here: an absent class must not be pushed to none
        if counts[c] < MINIMUM_PRESENT:
            continue
        overlap = own[classes == c].sum()
        dice.append(1.0 - 2.0 * overlap / (probability[:, c].sum() + counts[c] + 1.0))
    dice = torch.stack(dice).mean() if dice else output.sum() * 0.0

    vertebra = level > 0
    if vertebra.any():
        where = vertebra.nonzero(as_tuple=True)
        read = output[where[0], number:, where[1], where[2], where[3]]
        wanted = torch.cat([
            offset_mm[where[0], :, where[1], where[2], where[3]] / OFFSET_SCALE_MM,
            level[where][:, None] / LEVEL_SCALE,
        ], dim=1)
        offsets = F.smooth_l1_loss(read[:, :3], wanted[:, :3], beta=0.2)
        levels = (read[:, 3] - wanted[:, 3]).abs().mean()
    else:
        offsets = levels = output.sum() * 0.0
    total = cross_entropy + dice + OFFSET_WEIGHT * offsets + levels
    return total, {"ce": cross_entropy, "dice": dice, "offset": offsets, "level": levels}
