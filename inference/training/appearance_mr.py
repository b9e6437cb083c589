"""MR appearance of patches of phantom volumes: any weighting, bias, coil, thick slices.

Signal is drawn per tissue: two patches of three follow the order of a real weighting (T1, T2, fat
suppressed, water and fat of a Dixon pair, proton density), the third is drawn freely, since the order on
a given scanner is never to be trusted. Cortex and end plates give no signal. What is labelled as body and
sacrum ends where the marrow does, inside the cortex, and a disc at the end plates' silent layer, as manual
MR masks define them; the other structures keep their outer border.
"""

import math

import torch
import torch.nn.functional as F

from appearance import (ARCH, BODY, CANAL, DISC, METAL_BIT, OTHER_BONE, RIB, SACRUM, SOFT_TISSUES,
                        TISSUE_ID, blur, smooth_field)
from network import BONES, MR_OUTSIDE, MR_PERCENTILES, SPACING_MM, normalise_mr

CORD = len(BONES)

# Signal (low, high) by weighting; 1 is about the brightest tissue. Columns as in WEIGHTINGS.
WEIGHTINGS = ("t1", "t2", "suppressed", "water", "fat", "pd")
SIGNALS = {
    "fat": ((.75, 1.0), (.55, 1.0), (.02, .15), (.03, .2), (.8, 1.0), (.7, 1.0)),
    "muscle": ((.28, .45), (.1, .28), (.12, .35), (.3, .6), (.02, .12), (.35, .55)),
    "artery": ((0, .2), (0, .15), (0, .3), (0, .9), (0, .1), (0, .2)),
    "vein": ((0, .35), (0, .5), (0, .7), (.1, .9), (0, .1), (.1, .5)),
    "kidney": ((.3, .45), (.45, .8), (.5, .9), (.5, .8), (.02, .1), (.5, .7)),
    "liver": ((.4, .6), (.15, .35), (.15, .35), (.4, .7), (.03, .2), (.4, .6)),
    "spleen": ((.28, .42), (.35, .6), (.4, .75), (.5, .8), (.02, .1), (.5, .7)),
    "bowel": ((.15, .6), (.15, .9), (.1, .9), (.2, .8), (.02, .4), (.2, .7)),
    "nucleus": ((.22, .42), (.45, 1.0), (.4, .95), (.55, 1.0), (.02, .12), (.45, .8)),
    "annulus": ((.15, .36), (.04, .3), (.05, .3), (.25, .75), (.02, .1), (.15, .5)),
    "csf": ((.08, .25), (.75, 1.1), (.75, 1.1), (.6, 1.0), (.01, .06), (.3, .7)),
    "cord": ((.35, .52), (.28, .5), (.3, .5), (.45, .7), (.02, .08), (.45, .65)),
    "epidural_fat": ((.65, 1.0), (.45, .95), (.02, .2), (.05, .25), (.7, 1.0), (.6, .95)),
    "cartilage": ((.28, .45), (.15, .5), (.2, .6), (.4, .9), (.02, .12), (.4, .7)),
    "brain": ((.4, .6), (.35, .6), (.35, .6), (.45, .7), (.02, .08), (.5, .7)),
    "bladder": ((.08, .25), (.75, 1.1), (.75, 1.1), (.6, 1.0), (.01, .06), (.3, .7)),
    "heart": ((.05, .5), (.05, .5), (.05, .5), (.2, .8), (.02, .1), (.1, .6)),
    "excretory": ((.08, .3), (.7, 1.1), (.7, 1.1), (.6, 1.0), (.01, .06), (.3, .7)),
    "roots": ((.25, .45), (.2, .5), (.2, .5), (.4, .7), (.02, .1), (.35, .6)),
    "marrow": ((.3, .8), (.25, .65), (.05, .3), (.2, .55), (.3, .85), (.35, .75)),
}
SILENT = ("air", "gas", "table", "cloth", "plaque", "cement", "lung")
FAT_SHARE = {"fat": 1.0, "epidural_fat": 0.9}  # what moves by the chemical shift; marrow: MARROW_FAT
MARROW_FAT = 0.5


def tissue_signals(dice):
    """Signal per soft-tissue id, of marrow, and the texture's strength."""
    free = dice.chance(0.35)
    column = dice.integer(len(WEIGHTINGS))
    means = torch.zeros(128)
    for number, (name, _, _) in enumerate(SOFT_TISSUES):
        if name in SILENT:
            means[number] = dice.uniform(0, 0.12 if name == "lung" else 0.03)
        elif name in ("blob", "bowel_contrast"):
            means[number] = dice.uniform(0, 1)
        else:
            means[number] = dice.uniform(*((0.03, 1.0) if free else SIGNALS[name][column]))
    marrow = dice.uniform(*((0.08, 1.0) if free else SIGNALS["marrow"][column]))
    return means, marrow, free


def disc_signals(dice, soft, instances, means):
    """Each disc has its own degeneration: its nucleus fades towards the annulus."""
    worn = torch.zeros(256)
    for n in range(256):
        worn[n] = dice.uniform(0, 0.3) if dice.chance(0.5) else dice.uniform(0.2, 1.0)
    nucleus, annulus = means[TISSUE_ID["nucleus"]], means[TISSUE_ID["annulus"]]
    share = worn[instances.flatten().long()].view(soft.shape)
    return nucleus + (annulus - nucleus) * share


def marrow_field(dice, classes, instances, depth, offset, marrow, texture):
    """Marrow signal of every voxel as if all were bone."""
    patch = classes.shape
    inner = torch.full((16,), marrow)
    inner[ARCH] *= dice.uniform(0.75, 1.2)
    inner[SACRUM] *= dice.uniform(0.85, 1.15)
    inner[RIB] *= dice.uniform(0.5, 1.2)
    inner[OTHER_BONE] *= dice.uniform(0.6, 1.4)
    signal = inner[classes.flatten().long()].view(patch)
    own = 1.0 + dice.normal(256) * dice.uniform(0, 0.12)
    own[0] = 1.0
    signal = signal * own[instances.flatten().long()].view(patch)
    patchy = smooth_field(dice, patch, dice.uniform(1.5, 6.0))
    signal = signal * (1.0 + dice.uniform(0.02, 0.22) * patchy) + dice.uniform(0, 0.05) * texture
    if dice.chance(0.35):  # change below the end plates, in any direction
        region = ((smooth_field(dice, patch, dice.uniform(5, 12)) - dice.uniform(0.3, 1.5)) * 3).clamp_(0, 1)
        near = torch.exp(-depth / dice.uniform(2.0, 8.0))
        signal = signal + dice.uniform(-0.6, 0.6) * region * near
    if dice.chance(0.25):  # haemangiomas, islands of fat, metastases
        for _ in range(1 + dice.integer(4)):
            lesion = smooth_field(dice, patch, dice.uniform(3, 8))
            signal = signal + dice.uniform(-0.5, 0.6) * ((lesion - 1.7) * 2).clamp_(0, 1)
    if dice.chance(0.12):  # a whole vertebra altered
        altered = 1.0 + (torch.rand(256, generator=dice.generator) < 0.2) * dice.uniform(-0.7, 0.8)
        signal = signal * altered[instances.flatten().long()].view(patch)
    if dice.chance(0.6):  # basivertebral vein: from the middle of the back wall forwards
        vein = ((offset[0].abs() < dice.uniform(1.5, 3.5)) & (offset[2].abs() < dice.uniform(2, 7))
                & (offset[1] < dice.uniform(-8, 0)) & (classes == BODY))
        signal = torch.where(vein, signal + dice.uniform(-0.4, 0.6), signal)
    return signal.clamp_min_(0.0)


def shifted(image, axis, mm):
    """Moves an image along one axis by a few mm, linearly."""
    whole = mm / SPACING_MM["mr"]
    low = math.floor(whole)
    part = whole - low
    n = image.shape[axis]
    index = torch.arange(n)
    first = image.index_select(axis, (index - low).clamp(0, n - 1))
    return first * (1 - part) + image.index_select(axis, (index - low - 1).clamp(0, n - 1)) * part


def paint_mr(dice, classes, instances, soft, distance, offset):
    """Signal of the patch, and the silent layer along bone: mm below and above its surface."""
    patch = tuple(classes.shape)
    means, marrow, free = tissue_signals(dice)
    metal = soft >= METAL_BIT
    soft = soft & (METAL_BIT - 1)
    texture = blur(dice.normal(*patch), (0.7, 0.7, 0.7)) * 2.2
    tissue = means[soft.flatten().long()].view(patch)
    tissue = torch.where(soft == TISSUE_ID["nucleus"],
                         disc_signals(dice, soft, instances, means), tissue)
    if dice.chance(0.3):  # pulsating fluid loses signal
        flow = ((smooth_field(dice, patch, dice.uniform(3, 8)) - dice.uniform(0, 1.2)) * 2).clamp_(0, 1)
        tissue = torch.where(soft == TISSUE_ID["csf"], tissue * (1 - dice.uniform(0.2, 0.9) * flow), tissue)
    fat = means[TISSUE_ID["fat"]]
    if dice.chance(0.7):  # fat between and within muscles
        streaky = smooth_field(dice, patch, dice.uniform(2.0, 6.0))
        share = ((streaky - dice.uniform(0.0, 2.2)) * 1.5).clamp_(0, dice.uniform(0.3, 1.0))
        tissue = torch.where(soft == TISSUE_ID["muscle"], tissue + share * (fat - tissue), tissue)
    tissue = tissue * (1 + dice.uniform(0.01, 0.12) * texture)

    cortex = dice.uniform(0.5, 1.7)  # mm
    silent = dice.uniform(0, 0.1) if not free or dice.chance(0.7) else dice.uniform(0, 0.6)
    thickness = torch.full((16,), cortex)
    thickness[ARCH] *= dice.uniform(0.8, 1.6)
    thickness[RIB] *= dice.uniform(0.8, 1.5)
    depth = (-distance).clamp_min(0.0)
    bone = marrow_field(dice, classes, instances, depth, offset, marrow, texture)
    # Shares of one voxel, about 2 `half` wide, in three layers: outside, silent shell, marrow.
    half = dice.uniform(0.4, 1.0)
    rim = dice.uniform(0.2, 1.4)  # ligament and end-plate cartilage (0.6 to 1 mm) give no signal either
    inner = thickness[classes.flatten().long()].view(patch)
    outside = ((distance + half - rim) / (2 * half)).clamp_(0, 1)
    within = ((half - distance - inner) / (2 * half)).clamp_(0, 1)
    shell = (1 - outside - within).clamp_(0, 1)
    signal = outside * tissue + within * bone + shell * silent
    if dice.chance(0.35):  # chemical shift: fat and the marrow's fat lie a little aside
        fraction = torch.zeros(128)
        for name, value in FAT_SHARE.items():
            fraction[TISSUE_ID[name]] = value
        moving = outside * tissue * fraction[soft.flatten().long()].view(patch) + within * bone * MARROW_FAT
        signal = signal - moving + shifted(moving, dice.integer(2), dice.uniform(-1.8, 1.8))
    if metal.any():
        void = F.max_pool3d(metal[None, None].float(), 5, 1, 2)[0, 0]
        signal = signal * (1 - blur(void, (1, 1, 1))) + dice.uniform(0, 0.8) * dice.uniform(0, 1) * metal
    return signal.clamp_min_(0.0), cortex, rim


def receive(dice, signal):
    """Coil, saturation, slices and noise of a scanner."""
    patch = tuple(signal.shape)
    if dice.chance(0.8):
        cell = dice.uniform(25, 60)
        signal = signal * torch.exp(dice.uniform(0.05, 0.35) * smooth_field(dice, patch, cell))
    rows = torch.arange(patch[1], dtype=torch.float32) * SPACING_MM["mr"]
    if dice.chance(0.35):  # a coil under the back
        reach = dice.uniform(70, 260)
        signal = signal * torch.exp((rows - rows[-1] * dice.uniform(0.4, 1)) / reach).clamp_max(3.0)[None, :, None]
    if dice.chance(0.25):  # a saturation band in front of the spine
        edge = dice.uniform(0.05, 0.45) * rows[-1]
        band = torch.sigmoid((rows - edge) / dice.uniform(2, 8))
        signal = signal * (1 - dice.uniform(0.3, 0.95) * (1 - band))[None, :, None]
    if dice.chance(0.6):
        base = dice.uniform(0.2, 0.8)
        signal = blur(signal, [base * dice.uniform(0.8, 1.2) for _ in range(3)])
    shape, axis = list(patch), None
    if dice.chance(0.72):
        axis = 2 if dice.chance(0.75) else dice.integer(2)
        shape[axis] = round(patch[axis] / dice.uniform(1.3, 3.6))
        signal = F.interpolate(signal[None, None], size=shape, mode="area")[0, 0]
    if dice.chance(0.08):  # a ghost of motion along a phase direction
        signal = signal + dice.uniform(0.03, 0.15) * signal.roll(int(dice.uniform(6, 40)), dice.integer(2))
    level = dice.log_uniform(0.006, 0.09)
    real = dice.normal(*shape) * level
    if dice.chance(0.4):
        real = blur(real, (0.7, 0.7, 0.7)) * 2.0
    signal = ((signal + real) ** 2 + (dice.normal(*shape) * level) ** 2).sqrt()
    if axis is not None:
        mode = "trilinear" if dice.chance(0.85) else "nearest"
        flags = {"align_corners": False} if mode == "trilinear" else {}
        signal = F.interpolate(signal[None, None], size=patch, mode=mode, **flags)[0, 0]
    if dice.chance(0.25):
        signal = (signal + dice.uniform(0.2, 0.8) * (signal - blur(signal, (0.7, 0.7, 0.7)))).clamp_min(0)
    if dice.chance(0.5):
        top = float(signal.max().clamp_min(1e-3))
        signal = (signal / top) ** dice.uniform(0.7, 1.4) * top
    return signal


def render(dice, classes, instances, soft, distance, offset, outside):
    """Signal, the network's input and the classes as MR shows them: cord apart, marrow for bodies."""
    signal, cortex, rim = paint_mr(dice, classes, instances, soft, distance, offset)
    signal = receive(dice, signal)
    classes = classes.clone()
    classes[(classes == CANAL) & ((soft & (METAL_BIT - 1)) == TISSUE_ID["cord"])] = CORD
    shell = distance > -cortex
    classes[((classes == BODY) | (classes == SACRUM)) & shell] = 0
    classes[(classes == DISC) & (distance < rim)] = 0
    inside = signal[~outside]
    if inside.numel() < 1000:
        inside = signal.flatten()
    every = max(1, inside.numel() // 50000)
    low, high = torch.quantile(inside[::every], torch.tensor(MR_PERCENTILES) / 100.0).tolist()
    # The percentiles of a whole study are not those of this patch.
    width = max(high - low, 1e-3)
    low += dice.uniform(-0.15, 0.10) * width
    high = low + width * dice.uniform(0.75, 1.4)
    image = normalise_mr(signal, low, high)
    image[outside] = MR_OUTSIDE
    signal[outside] = 0.0
    return signal, image, classes
