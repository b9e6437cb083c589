"""The 3D U-Net. Input [N, 1, z, y, x], output [N, classes + 4, z, y, x]; every size a multiple of 16."""

import copy

import torch
import torch.nn.functional as F
from torch import nn

BONES = ("background", "body", "arch", "disc", "sacrum", "canal", "rib", "other_bone")
# On MR the cord is a class of its own; "canal" is then what of the canal is not cord.
CLASSES = {"ct": BONES, "mr": (*BONES, "cord")}
# Grid of the network, mm. MR bodies and discs are separated by silent layers of 1 to 2 mm.
SPACING_MM = {"ct": 2.0, "mr": 1.5}
WIDTHS = (16, 32, 64, 128, 160)
EXTRA_CHANNELS = 3 + 1  # after the class scores: offset z y x (in 20 mm), level number / 24
OFFSET_SCALE_MM = 20.0
LEVEL_SCALE = 24.0
MULTIPLE = 16


def normalise_ct(hu):
    """CT input of the network from Hounsfield units."""
    return (hu.clamp(-400.0, 1500.0) - 100.0) / 300.0


MR_PERCENTILES = (2.0, 98.0)  # of what was acquired; they become -1.5 and 1.5
MR_CLIP = (-2.0, 3.0)
MR_OUTSIDE = -2.0  # where nothing was acquired


def normalise_mr(signal, low, high):
    """MR input of the network; `low` and `high` are the signal at MR_PERCENTILES."""
    return ((signal - low) * (3.0 / max(high - low, 1e-6)) - 1.5).clamp(*MR_CLIP)


def block(inputs, outputs, stride=1):
    # A slow running average: the statistics are frozen in the last quarter and must be of many
    # patches by then.
    return nn.Sequential(
        nn.Conv3d(inputs, outputs, 3, stride, 1, bias=False),
        nn.BatchNorm3d(outputs, momentum=0.02),
        nn.ReLU(inplace=True),
    )


class UNet(nn.Module):
    """Strided down, nearest up. The last convolution of a decoder stage already narrows to the
    next stage's width, and the skip at full resolution is added, not concatenated: each saves
    a quarter of the time, which full resolution dominates."""

    def __init__(self, widths=WIDTHS, classes=len(BONES)):
        super().__init__()
        depth = len(widths) - 1
        self.classes = classes
        self.widths = tuple(widths)
        self.stem = block(1, widths[0])
        self.down = nn.ModuleList(
            nn.Sequential(block(widths[i], widths[i + 1], 2), block(widths[i + 1], widths[i + 1]))
            for i in range(depth)
        )
        self.up = nn.ModuleList()
        below = widths[depth]
        for i in reversed(range(depth)):
            stage = [block(below + (widths[i] if i > 0 else 0), widths[i])]
            if i > 0:
                stage.append(block(widths[i], widths[i - 1]))
                below = widths[i - 1]
            self.up.append(nn.Sequential(*stage))
        self.head = nn.Conv3d(widths[0], classes + EXTRA_CHANNELS, 1)

    def forward(self, x):
        x = self.stem(x)
        skips = [x]
        for stage in self.down:
            x = stage(x)
            skips.append(x)
        skips.pop()
        for stage in self.up:
            x = F.interpolate(x, scale_factor=2.0, mode="nearest")
            skip = skips.pop()
            x = stage(torch.cat([x, skip], dim=1) if skips else x + skip)
        return self.head(x)


def fold_batch_norm(network):
    """A copy in inference form: every Conv-BN pair becomes one convolution with bias."""
    folded = copy.deepcopy(network).eval()
    for module in folded.modules():
        if isinstance(module, nn.Sequential) and len(module) == 3 and isinstance(
                module[1], nn.BatchNorm3d):
            module[0] = nn.utils.fuse_conv_bn_eval(module[0], module[1])
            module[1] = nn.Identity()
    return folded


def start_from(network, state):
    """Loads weights of a network with fewer classes: its last classes begin as copies of the canal's."""
    own = network.state_dict()
    missing = own["head.bias"].shape[0] - state["head.bias"].shape[0]
    if missing:
        known = state["head.bias"].shape[0] - EXTRA_CHANNELS
        rows = [*range(known), *[BONES.index("canal")] * missing, *range(known, known + EXTRA_CHANNELS)]
        state = {k: v[rows] if k.startswith("head.") else v for k, v in state.items()}
    network.load_state_dict(state)
