"""Landmarks of one vertebra by heat map: the crop, the network and how its maps are read.

A crop is aligned with one vertebra: x to the patient's left, y to posterior, z to superior, all along the
vertebra's own axes, the centroid of its body at ORIGIN. The network's tensor is N, 1, 2·z, y, x: the image
(normalised as the segmentation's card says) and behind it, along z, the mask of the vertebra (body 1,
posterior elements 0.5; the other sign on MR, where a body is its marrow). It answers as many numbers: MAPS
maps of half the resolution, one after another. Of one map e^value / (1 + sum of e^value) is the probability
that the landmark is there; what is missing to 1 says that it is not in view.
"""

import torch
import torch.nn.functional as F
from torch import nn

SPACING_MM = 1.5
SIZE = (48, 72, 48)  # z, y, x
ORIGIN = (29.5, 19.5, 23.5)  # voxel of the body's centroid
SITES = (
    "superior.anterior", "superior.middle", "superior.posterior", "superior.left", "superior.right",
    "inferior.anterior", "inferior.middle", "inferior.posterior", "inferior.left", "inferior.right",
    "centre", "pedicle.left", "pedicle.right", "spinous",
    "below.anterior", "below.posterior",  # corners of the next upper end plate; S1's below the last lumbar
)
MAPS = len(SITES)
MAP_SIZE = tuple(n // 2 for n in SIZE)
ARCH_VALUE = 0.5
WIDTHS = (24, 56, 96)
REACH = 2  # voxels of a map round its peak that its position is the mean of


def block(inputs, outputs, stride=1):
    return nn.Sequential(nn.Conv3d(inputs, outputs, 3, stride, 1, bias=False),
                         nn.BatchNorm3d(outputs, momentum=0.05), nn.ReLU(inplace=True))


class LandmarkNet(nn.Module):
    """U-Net at a half, a quarter and an eighth of the crop's resolution."""

    def __init__(self, widths=WIDTHS):
        super().__init__()
        self.widths = tuple(widths)
        a, b, c = widths
        self.stem = block(2, a, 2)
        self.first = block(a, a)
        self.down1 = nn.Sequential(block(a, b, 2), block(b, b))
        self.down2 = nn.Sequential(block(b, c, 2), block(c, c), block(c, c))
        self.narrow2 = nn.Conv3d(c, b, 1)
        self.up1 = nn.Sequential(block(b, b), block(b, b))
        self.narrow1 = nn.Conv3d(b, a, 1)
        self.up0 = nn.Sequential(block(a, a), block(a, a))
        self.head = nn.Conv3d(a, MAPS, 1)
        with torch.no_grad():
            self.head.bias.fill_(-8.0)

    def maps(self, x):
        x = torch.cat([x[:, :, :SIZE[0]], x[:, :, SIZE[0]:]], 1)
        full = self.first(self.stem(x))
        half = self.down1(full)
        x = self.narrow2(self.down2(half))
        x = self.up1(F.interpolate(x, scale_factor=2.0, mode="nearest") + half)
        x = self.narrow1(x)
        x = self.up0(F.interpolate(x, scale_factor=2.0, mode="nearest") + full)
        return self.head(x)

    def forward(self, x):
        return self.maps(x).reshape(x.shape)


def map_position(voxel):
    """Position in a map from one in the crop, both in voxels."""
    return (voxel - 0.5) / 2


def crop_position(voxel):
    return voxel * 2 + 0.5


def read(maps):
    """Positions (MAPS, 3; z, y, x in voxels of the crop) and confidences of the maps of one crop."""
    flat = maps.float().reshape(MAPS, -1)
    most = flat.max(1).values.clamp_min(0)
    weight = (flat - most[:, None]).exp()
    share = (weight / ((-most).exp() + weight.sum(1))[:, None]).reshape(maps.shape)
    places, confidences = torch.zeros(MAPS, 3), torch.zeros(MAPS)
    for n in range(MAPS):
        peak = [int(v) for v in torch.unravel_index(share[n].argmax(), share[n].shape)]
        low = [max(0, p - REACH) for p in peak]
        part = share[n][tuple(slice(a, p + REACH + 1) for a, p in zip(low, peak))]
        mass = part.sum()
        for axis in range(3):
            others = [k for k in range(3) if k != axis]
            along = part.sum(others)
            places[n, axis] = (along * (torch.arange(len(along)) + low[axis])).sum() / mass
        confidences[n] = mass
    return crop_position(places), confidences


def loss_of(maps, position, present, sigma=0.8):
    """Cross entropy to a Gaussian of `sigma` map voxels (or to "not in view"), and the distance of the
    mean round the true place. `position`: N, MAPS, 3 in map voxels; `present`: N, MAPS."""
    count, number = maps.shape[:2]
    flat = maps.float().reshape(count, number, -1)
    axes = [torch.arange(n, dtype=torch.float32) for n in maps.shape[2:]]
    near = []
    for k in range(3):
        gap = axes[k] - position[..., k, None]
        near.append(((-0.5 * (gap / sigma)**2).exp(), (gap.abs() <= REACH + 0.5).float()))
    outer = [torch.einsum("nmz,nmy,nmx->nmzyx", *[n[i] for n in near]).reshape(flat.shape) for i in (0, 1)]
    target = outer[0] / outer[0].sum(2, keepdim=True).clamp_min(1e-6)
    total = torch.logsumexp(F.pad(flat, (0, 1)), 2)  # the place "not in view" has the value 0
    entropy = torch.where(present, total - (target * flat).sum(2), total)
    window = torch.where(outer[1] > 0, flat, torch.tensor(-1e4))
    share = window.softmax(2).reshape(maps.shape)
    mean = torch.stack([(share.sum([k for k in (2, 3, 4) if k != 2 + a]) * axes[a]).sum(2)
                        for a, k in enumerate((2, 3, 4))], 2)
    gap = F.smooth_l1_loss(mean, position, reduction="none", beta=0.1).sum(2)
    seen = present.float()
    return entropy.mean(), (gap * seen).sum() / seen.sum().clamp_min(1)


def fold(network):
    """A copy in inference form: convolution and batch normalisation in one."""
    import copy

    folded = copy.deepcopy(network).eval()
    for module in folded.modules():
        if isinstance(module, nn.Sequential) and len(module) == 3 and isinstance(module[1], nn.BatchNorm3d):
            module[0] = nn.utils.fuse_conv_bn_eval(module[0], module[1])
            module[1] = nn.Identity()
    return folded
