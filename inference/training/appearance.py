"""Geometry and CT appearance of patches of phantom volumes: everything random comes from one seed.

Geometry first: one random affine map per patch samples class, instance and soft tissue (nearest) and
the bone distance (linear), so no intensity is ever interpolated. Then intensities are drawn, then the
scanner: blur, thick slices, noise, sharpening, streaks, a short field of view.
"""

import math

import torch
import torch.nn.functional as F

PATCH = (96, 80, 80)

BACKGROUND, BODY, ARCH, DISC, SACRUM, CANAL, RIB, OTHER_BONE = range(8)

# What surrounds bone, in the order of core/phantom/tissue.h: mean HU (low, high) and texture (low,
# high), drawn anew for each patch.
SOFT_TISSUES = (
    ("air", (-1024, -985), (0, 4)),
    ("fat", (-120, -70), (2, 14)),
    ("muscle", (25, 80), (3, 18)),
    ("lung", (-930, -650), (10, 60)),
    ("gas", (-1010, -800), (2, 30)),
    ("artery", (30, 60), (2, 8)),
    ("vein", (30, 60), (2, 8)),
    ("kidney", (20, 50), (2, 12)),
    ("liver", (35, 85), (2, 12)),
    ("spleen", (35, 80), (2, 12)),
    ("bowel", (-30, 60), (4, 40)),
    ("nucleus", (40, 130), (3, 18)),
    ("annulus", (40, 140), (3, 18)),
    ("csf", (-5, 35), (2, 8)),
    ("cord", (20, 55), (2, 8)),
    ("epidural_fat", (-110, -30), (3, 14)),
    ("cartilage", (60, 180), (5, 40)),
    ("brain", (20, 45), (2, 8)),
    ("table", (-950, 100), (2, 20)),
    ("cloth", (-950, -400), (10, 80)),
    ("plaque", (300, 1300), (20, 120)),
    ("blob", (-100, 500), (3, 40)),
    ("bowel_contrast", (150, 1200), (5, 60)),
    ("bladder", (-5, 25), (2, 8)),
    ("heart", (30, 60), (2, 10)),
    ("excretory", (20, 50), (2, 12)),
    ("cement", (700, 2000), (20, 150)),
    ("roots", (10, 55), (2, 8)),
)
TISSUE_ID = {name: number for number, (name, _, _) in enumerate(SOFT_TISSUES)}
METAL_BIT = 0x80


class Dice:
    """Random draws of one sample, all from one torch generator."""

    def __init__(self, seed):
        self.generator = torch.Generator().manual_seed(seed)

    def uniform(self, low=0.0, high=1.0):
        return low + (high - low) * torch.rand((), generator=self.generator).item()

    def chance(self, probability):
        return self.uniform() < probability

    def log_uniform(self, low, high):
        return math.exp(self.uniform(math.log(low), math.log(high)))

    def normal(self, *shape):
        return torch.randn(*shape, generator=self.generator)

    def integer(self, count):
        return int(torch.randint(count, (), generator=self.generator))


def smooth_field(dice, shape, cell):
    """Smooth noise of unit variance: one random value per `cell` voxels, interpolated linearly."""
    coarse = [max(2, round(n / cell) + 1) for n in shape]
    field = F.interpolate(dice.normal(1, 1, *coarse), size=shape, mode="trilinear",
                          align_corners=True)[0, 0]
    return field / field.std().clamp_min(1e-3)


def shift_sum(volume, axis, centre, side, far=0.0):
    """Symmetric filter of three or five taps along one axis, edges repeated."""
    n = volume.shape[axis]

    def moved(k):
        index = torch.arange(n).add(k).clamp(0, n - 1)
        return volume.index_select(axis, index)

    out = volume * centre + (moved(-1) + moved(1)) * side
    if far > 1e-3:
        out += (moved(-2) + moved(2)) * far
    return out


def blur(volume, sigma):
    """Gaussian with one sigma (voxels, at most about 1.2) per axis."""
    for axis, s in enumerate(sigma):
        if s < 0.2:
            continue
        side, far = math.exp(-0.5 / s**2), math.exp(-2.0 / s**2)
        total = 1.0 + 2.0 * side + 2.0 * far
        volume = shift_sum(volume, axis, 1.0 / total, side / total, far / total)
    return volume


# ---------------------------------------------------------------- geometry


def random_map(dice, volume, patch, spacing):
    """Matrix A and centre c with volume index = A (patch index - patch centre) + c (z, y, x)."""
    angles = [math.radians(dice.uniform(-14, 14)) for _ in range(3)]
    rotation = torch.eye(3)
    for axis, angle in enumerate(angles):
        i, j = [k for k in range(3) if k != axis]
        turn = torch.eye(3)
        turn[i, i] = turn[j, j] = math.cos(angle)
        turn[i, j], turn[j, i] = -math.sin(angle), math.sin(angle)
        rotation = rotation @ turn
    zoom = dice.log_uniform(0.85, 1.2)
    scale = torch.tensor([zoom * dice.uniform(0.95, 1.05) for _ in range(3)])
    scale *= spacing / volume.spacing_mm
    if dice.chance(0.5):
        scale[2] = -scale[2]
    matrix = rotation @ torch.diag(scale)

    size = torch.tensor(volume.size, dtype=torch.float32)
    half = (matrix.abs() @ torch.tensor(patch, dtype=torch.float32)) / 2
    centre = size * torch.tensor([dice.uniform() for _ in range(3)])
    if volume.centres and dice.chance(0.90):
        numbers = sorted(volume.centres)
        near = torch.tensor(volume.centres[numbers[dice.integer(len(numbers))]][:3])
        jitter = torch.tensor([dice.uniform(-1, 1) * k for k in (0.45, 0.28, 0.28)])
        centre = near + jitter * torch.tensor(patch, dtype=torch.float32)
    # Keep the patch inside the volume where the volume is large enough.
    low, high = torch.minimum(half * 0.92, size / 2), torch.maximum(size - half * 0.92, size / 2)
    return matrix, torch.minimum(torch.maximum(centre, low), high)


def sample_geometry(dice, volume, patch, spacing):
    matrix, centre = random_map(dice, volume, patch, spacing)
    axes = [torch.arange(n, dtype=torch.float32) - (n - 1) / 2 for n in patch]
    position = [
        (matrix[k, 0] * axes[0])[:, None, None] + (matrix[k, 1] * axes[1])[None, :, None]
        + (matrix[k, 2] * axes[2])[None, None, :] + centre[k] for k in range(3)
    ]
    size = volume.size
    index, outside = None, torch.zeros(patch, dtype=torch.bool)
    for k in range(3):
        nearest = position[k].round().to(torch.int32)
        outside |= (nearest < 0) | (nearest >= size[k])
        nearest = nearest.clamp_(0, size[k] - 1)
        index = nearest if index is None else index * size[k] + nearest
    index = index.flatten().long()

    def pick(array):
        return torch.from_numpy(array).flatten().index_select(0, index).view(patch)

    grid = torch.stack([position[k] * (2.0 / (size[k] - 1)) - 1.0 for k in (2, 1, 0)], dim=-1)
    distance = F.grid_sample(
        torch.from_numpy(volume.distance).float()[None, None], grid[None], mode="bilinear",
        padding_mode="border", align_corners=True)[0, 0].mul_(volume.distance_unit_mm)
    # Distances of a zoomed copy.
    distance *= spacing / volume.spacing_mm / float(matrix.det().abs()) ** (1.0 / 3.0)
    classes, instances = pick(volume.classes), pick(volume.instances)
    soft = pick(volume.soft)
    classes[outside] = BACKGROUND
    return classes, instances, soft, distance, outside, matrix, centre


def targets(volume, instances, matrix, centre, patch, spacing):
    """Offsets (mm) to the own body centre and level numbers, in the frame of the patch."""
    inverse = torch.linalg.inv(matrix)
    table = torch.zeros(256, 4)
    present = [n for n in torch.unique(instances).tolist() if n and n in volume.centres]
    middle = torch.tensor([(n - 1) / 2 for n in patch])
    known = torch.zeros(256, dtype=torch.bool)
    for n in present:
        body = torch.tensor(volume.centres[n][:3])
        table[n, :3] = inverse @ (body - centre) + middle
        table[n, 3] = volume.centres[n][3]
        known[n] = True
    flat = instances.flatten().long()
    offset = torch.zeros(3, *patch)
    mask = known[flat].view(patch)
    for k in range(3):
        shape = [1, 1, 1]
        shape[k] = patch[k]
        grid = torch.arange(patch[k], dtype=torch.float32).view(shape)
        offset[k] = (table[:, k][flat].view(patch) - grid) * spacing * mask
    return offset, table[:, 3][flat].view(patch)


# ---------------------------------------------------------------- intensities


def soft_tissue_values(dice):
    """Mean HU and texture for each soft-tissue id of this patch."""
    means, textures = torch.zeros(128), torch.zeros(128)
    contrast = dice.chance(0.45)
    vessel = dice.uniform(90, 420)
    excretory = contrast and dice.chance(0.3)
    common = dice.uniform(-15, 15)  # tissues of one scan shift together (energy, calibration)
    for number, (name, mean, texture) in enumerate(SOFT_TISSUES):
        value = dice.uniform(*mean) + (common if -200 < mean[0] < 100 else 0.0)
        noise = dice.uniform(*texture)
        if contrast:
            if name in ("artery", "heart"):
                value = vessel
            elif name == "vein":
                value = dice.uniform(60, vessel)
            elif name == "kidney":
                value = dice.uniform(110, 260)
            elif name in ("liver", "spleen"):
                value += dice.uniform(20, 70)
        if name in ("excretory", "bladder") and excretory:
            value = dice.uniform(250, 1100)
        means[number], textures[number] = value, noise
    disc = [TISSUE_ID["nucleus"], TISSUE_ID["annulus"]]
    if dice.chance(0.6):  # on CT a disc is mostly of one brightness
        means[disc[1]] = means[disc[0]] + dice.uniform(-10, 25)
    return means, textures


def bone_values(dice):
    """Trabecular and cortical HU per class, cortical decay (mm)."""
    kind = dice.uniform()
    if kind < 0.50:
        trabecular = dice.uniform(110, 260)
    elif kind < 0.86:
        trabecular = dice.uniform(-10, 110)
    else:
        trabecular = dice.uniform(260, 520)
    cortical = trabecular + dice.log_uniform(100, 1100)
    inner, outer = torch.zeros(8), torch.zeros(8)
    inner[:], outer[:] = trabecular, cortical
    inner[ARCH] += dice.uniform(-0.15, 1.0) * 320
    outer[ARCH] += dice.uniform(-0.15, 1.0) * 500
    inner[SACRUM] += dice.uniform(-90, 60)
    outer[SACRUM] += dice.uniform(-100, 150)
    other = dice.uniform(0.4, 1.5)
    inner[OTHER_BONE] = trabecular * other + dice.uniform(-40, 60)
    outer[OTHER_BONE] = max(cortical * dice.uniform(0.7, 1.5), float(inner[OTHER_BONE]) + 60)
    inner[RIB] += dice.uniform(-60, 200)
    outer[RIB] += dice.uniform(-100, 400)
    inner[RIB] = min(float(inner[RIB]), float(outer[RIB]))
    return inner, outer, dice.uniform(0.7, 2.4), trabecular


def paint(dice, classes, instances, soft, distance):
    patch = tuple(classes.shape)
    means, textures = soft_tissue_values(dice)
    metal = soft >= METAL_BIT
    soft = soft & (METAL_BIT - 1)
    soft_index = soft.flatten().long()
    fine = dice.normal(*patch)
    texture = blur(fine, (0.7, 0.7, 0.7)) * 2.2
    hu = means[soft_index].view(patch) + textures[soft_index].view(patch) * texture
    if dice.chance(0.6):  # fat between and within muscles
        streaky = smooth_field(dice, patch, dice.uniform(2.0, 6.0))
        share = ((streaky - dice.uniform(0.3, 2.2)) * 1.5).clamp_(0, dice.uniform(0.3, 1.0))
        fat = means[TISSUE_ID["fat"]]
        hu = torch.where(soft == TISSUE_ID["muscle"], hu + share * (fat - hu), hu)

    inner, outer, decay, trabecular = bone_values(dice)
    class_index = classes.flatten().long()
    # A voxel just outside bone has no bone class: its part of bone is cortex of the usual kind.
    low = inner[class_index].view(patch)
    high = outer[class_index].view(patch)
    spread = dice.uniform(0, 35)
    per_instance = torch.zeros(256)
    per_instance[1:] = dice.normal(255) * spread
    low = low + per_instance[instances.flatten().long()].view(patch)
    depth = (-distance).clamp_min(0.0)
    thickness = decay
    if dice.chance(0.5):
        thickness = decay * (1.0 + 0.35 * smooth_field(dice, patch, 8.0)).clamp(0.3, 2.0)
    shell = torch.exp(-((depth / thickness) ** 1.5))
    bone = low + (high - low) * shell
    coarse = smooth_field(dice, patch, dice.uniform(1.5, 5.0))
    bone += dice.log_uniform(5, 60) * coarse + dice.log_uniform(4, 40) * texture
    if dice.chance(0.12):  # lesions
        for _ in range(1 + dice.integer(4)):
            lesion = smooth_field(dice, patch, dice.uniform(4, 10))
            bone += dice.uniform(-150, 350) * ((lesion - 1.6) * 2).clamp_(0, 1)
    width = dice.uniform(0.7, 1.4)
    share = (0.5 - distance / (2.0 * width)).clamp_(0.0, 1.0)
    hu = hu + share * (bone - hu)
    cement = soft == TISSUE_ID["cement"]
    if cement.any():
        hu = torch.where(cement, means[TISSUE_ID["cement"]] + 60 * texture, hu)
    if metal.any():
        hu[metal] = dice.uniform(1800, 3071)
    return hu


# ---------------------------------------------------------------- scanner


def scan(dice, hu):
    patch = tuple(hu.shape)
    if dice.chance(0.75):
        base = dice.uniform(0.25, 1.0)
        hu = blur(hu, [base * dice.uniform(0.8, 1.2) for _ in range(3)])
    level = dice.log_uniform(2, 50)
    shape, axis = list(patch), None
    if dice.chance(0.38):
        axis = 0 if dice.chance(0.75) else 1 + dice.integer(2)
        shape[axis] = round(patch[axis] / dice.uniform(1.2, 3.2))
        hu = F.interpolate(hu[None, None], size=shape, mode="area")[0, 0]
    elif dice.chance(0.35):  # scanned coarser than the network's grid on all axes
        factor = dice.uniform(1.1, 1.6)
        shape = [round(n / factor) for n in patch]
        hu = F.interpolate(hu[None, None], size=shape, mode="trilinear", align_corners=False)[0, 0]
    noise = dice.normal(*hu.shape)
    mix = dice.uniform()
    correlated = blur(noise, (0.5, 0.9, 0.9))
    noise = mix * correlated * 2.6 + (1 - mix) * noise
    hu = hu + noise * (level / noise.std())
    if list(hu.shape) != list(patch):
        mode = "trilinear" if dice.chance(0.85) else "nearest"
        flags = {"align_corners": False} if mode == "trilinear" else {}
        hu = F.interpolate(hu[None, None], size=patch, mode=mode, **flags)[0, 0]
    if dice.chance(0.30):
        hu = hu + dice.uniform(0.2, 1.2) * (hu - blur(hu, (0.4, 0.9, 0.9)))
    if dice.chance(0.05):  # streaks: waves across the slice, growing and fading along z
        angle = dice.uniform(0, math.pi)
        y = torch.arange(patch[1])[:, None] * math.sin(angle)
        x = torch.arange(patch[2])[None, :] * math.cos(angle)
        wave = torch.sin((x + y) * dice.uniform(0.3, 1.5) + dice.uniform(0, 6))
        strength = dice.normal(patch[0]) * dice.uniform(10, 60)
        hu = hu + wave[None] * strength[:, None, None]
    return hu * dice.uniform(0.96, 1.04) + dice.uniform(-12, 12)
