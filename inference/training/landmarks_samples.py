"""Crops aligned with single vertebrae of phantom volumes, with their landmarks.

One patch of a volume is painted as the segmentation's samples are, then some of its vertebrae are cut out of
it as the program does: by the centroid of a mask and by the chain's direction, both disturbed.
"""

import json
import math

import torch
import torch.nn.functional as F

import appearance_mr
from appearance import (ARCH, BODY, Dice, blur, paint, sample_geometry, scan, smooth_field, targets)
from landmarks import ARCH_VALUE, ORIGIN, SITES, SIZE, SPACING_MM, map_position
from network import MR_OUTSIDE, normalise_ct
from pool import SACRUM_RANK
from samples import crop_field

PATCH = (96, 88, 64)
OUTSIDE = {"ct": -5.0 / 3.0, "mr": MR_OUTSIDE}
MIRRORED = {"left": "right", "right": "left"}


def read_landmarks(volume):
    """rank -> site -> (z, y, x) in voxels of the volume."""
    path = volume.path.with_name(volume.path.stem + ".landmarks.json")
    origin = volume.header["origin_lps_mm"]
    found = {}
    for l in json.loads(path.read_text())["landmarks"]:
        voxel = [(l["lps_mm"][k] - origin[k]) / volume.spacing_mm for k in (2, 1, 0)]
        found.setdefault(l["rank"], {})[l["site"]] = torch.tensor(voxel)
    return found


def in_patch(landmarks, matrix, centre):
    """The same in voxels of the patch; where it is mirrored, sides exchange their names."""
    inverse = torch.linalg.inv(matrix)
    middle = torch.tensor([(n - 1) / 2 for n in PATCH])
    is_mirrored = bool(torch.det(matrix) < 0)
    out = {}
    for rank, sites in landmarks.items():
        own = out.setdefault(rank, {})
        for site, voxel in sites.items():
            head, _, side = site.rpartition(".")
            if is_mirrored and side in MIRRORED:
                site = f"{head}.{MIRRORED[side]}"
            own[site] = inverse @ (voxel - centre) + middle
    return out


def unit(v):
    return v / v.norm().clamp_min(1e-6)


def true_axes(sites):
    """Left, posterior, superior of one vertebra in z, y, x components."""
    gap = [(sites[f"superior.{p}"] - sites[f"inferior.{p}"]) for p in ("anterior", "posterior", "left", "right")]
    superior = unit(sum(gap))
    back = sum(sites[f"{e}.posterior"] - sites[f"{e}.anterior"] for e in ("superior", "inferior"))
    posterior = unit(back - superior * (back @ superior))
    left = sum(sites[f"{e}.left"] - sites[f"{e}.right"] for e in ("superior", "inferior"))
    return unit(left), posterior, superior


def marrow_corners(sites, below, cortex):
    """On MR a body ends where its marrow does: each corner moves inwards by the cortex."""
    left, posterior, superior = true_axes(sites)
    inwards = {"anterior": posterior, "posterior": -posterior, "left": -left, "right": left, "middle": 0 * left}
    out = dict(sites)
    for site in sites:
        end, _, place = site.partition(".")
        if end in ("superior", "inferior"):
            out[site] = sites[site] + cortex * (inwards[place] + (-superior if end == "superior" else superior))
    moved = {site: at + cortex * (inwards[site.split(".")[1]] - superior) for site, at in below.items()}
    return out, moved


def disturbed(dice, own):
    """A mask as networks make them: too large, too small, smooth, ragged, cut, with a hole."""
    where = torch.nonzero(own)
    out = torch.zeros_like(own)
    if len(where) == 0:
        return out
    box = tuple(slice(max(0, int(a) - 4), int(b) + 5) for a, b in zip(where.min(0).values, where.max(0).values))
    out[box] = disturbed_in_box(dice, own[box])
    return out


def disturbed_in_box(dice, own):
    soft = own.float()
    sigma = dice.uniform(0, 1.2)
    if sigma > 0.25:
        soft = blur(soft, (sigma,) * 3)
    limit = dice.uniform(0.25, 0.75)
    if dice.chance(0.5):
        limit = limit + dice.uniform(0, 0.25) * smooth_field(dice, own.shape, dice.uniform(2, 6))
        limit = limit.clamp(0.1, 0.9)
    out = soft > limit
    if dice.chance(0.15):
        where = torch.nonzero(own).float()
        middle, spread = where.mean(0), where.std(0)
        normal = unit(dice.normal(3))
        offset = float((spread * normal.abs()).sum()) * dice.uniform(0.3, 1.6)
        axes = [torch.arange(n, dtype=torch.float32) - middle[k] for k, n in enumerate(own.shape)]
        side = (axes[0][:, None, None] * normal[0] + axes[1][None, :, None] * normal[1]
                + axes[2][None, None, :] * normal[2])
        out &= side < offset
    return out


def rotation(angles):
    turn = torch.eye(3)
    for axis, angle in enumerate(angles):
        i, j = [k for k in range(3) if k != axis]
        one = torch.eye(3)
        one[i, i] = one[j, j] = math.cos(angle)
        one[i, j], one[j, i] = -math.sin(angle), math.sin(angle)
        turn = turn @ one
    return turn


def pose(dice, sites, centre, above, below):
    """Columns: the crop's z, y, x in voxels of the patch; superior from the neighbours' centres."""
    left, posterior, superior = true_axes(sites)
    chain = (above if above is not None else centre) - (below if below is not None else centre)
    if float(chain.norm()) > 2 and dice.chance(0.8):
        superior = unit(chain)
    spread = math.radians(dice.uniform(0, 9))
    superior, posterior = (rotation((dice.normal(3) * spread).tolist()) @ torch.stack([superior, posterior], 1)).T
    posterior = unit(posterior - superior * (posterior @ superior))
    left = torch.linalg.cross(superior, posterior)
    # z, y, x components: the cross product of a right-handed frame has the other sign there.
    if left @ true_axes(sites)[0] < 0:
        left = -left
    return torch.stack([superior, posterior, left], 1)


def cut(fields, outside, frame, origin):
    """`fields` (C, patch) at the crop's voxels."""
    axes = [torch.arange(n, dtype=torch.float32) - o for n, o in zip(SIZE, ORIGIN)]
    index = [(frame[k, 0] * axes[0])[:, None, None] + (frame[k, 1] * axes[1])[None, :, None]
             + (frame[k, 2] * axes[2])[None, None, :] + origin[k] for k in range(3)]
    grid = torch.stack([index[k] * (2.0 / (PATCH[k] - 1)) - 1.0 for k in (2, 1, 0)], -1)
    shifted = fields - outside[:, None, None, None]
    out = F.grid_sample(shifted[None], grid[None], mode="bilinear", padding_mode="zeros", align_corners=True)[0]
    return out + outside[:, None, None, None]


def make_crops(volume, seed, modality, most=6):
    """List of (image and mask 2·z, y, x; positions in map voxels; present) that this seed makes."""
    dice = Dice(seed)
    with torch.no_grad():
        classes, instances, soft, distance, outside, matrix, centre = sample_geometry(
            dice, volume, PATCH, SPACING_MM)
        vertebra = instances.clone()
        vertebra[(classes != BODY) & (classes != ARCH)] = 0
        drawn, cortex = classes, 0.0
        if modality == "ct":
            values = scan(dice, paint(dice, classes, vertebra, soft, distance))
            if dice.chance(0.40):
                outside = outside | crop_field(dice, PATCH)
            values[outside] = -1000.0
            image = normalise_ct(values)
        else:
            if dice.chance(0.55):
                outside = outside | crop_field(dice, PATCH, (0.15, 0.15, 0.6))
            offset, _ = targets(volume, vertebra, matrix, centre, PATCH, SPACING_MM)
            _, image, drawn = appearance_mr.render(dice, classes, instances, soft, distance, offset, outside)
            peeled = -distance[(classes == BODY) & (drawn != BODY)]
            cortex = float(peeled.max()) / SPACING_MM if peeled.numel() else 0.0
        known = in_patch(read_landmarks(volume), matrix, centre)
        ranks = {i["number"]: i["rank"] for i in volume.header["instances"]}
        usable = [n for n, r in ranks.items() if r != SACRUM_RANK and "inferior.left" in known.get(r, {})
                  and "superior.left" in known[r]
                  and all(6 < float(known[r]["centre"][k]) < PATCH[k] - 7 for k in range(3))]
        crops = []
        for position in torch.randperm(len(usable), generator=dice.generator).tolist()[:most]:
            crop = one_crop(dice, usable[position], ranks, known, image, drawn, instances, outside, modality, cortex)
            if crop is not None:
                crops.append(crop)
    return crops


def one_crop(dice, number, ranks, known, image, classes, instances, outside, modality, cortex):
    rank = ranks[number]
    sites = known[rank]
    lower = min((r for r in known if r > rank), default=None)
    upper = max((r for r in known if r < rank), default=None)
    below = {} if lower is None else {f"below.{p}": known[lower][f"superior.{p}"] for p in ("anterior", "posterior")
                                      if f"superior.{p}" in known[lower]}
    own = (instances == number) & ~outside
    true_body = own & (classes == BODY)
    if int(true_body.sum()) < 80:
        return None
    body = disturbed(dice, true_body)
    if int(body.sum()) < 60:
        return None
    arch = disturbed(dice, own & (classes == ARCH)) if dice.chance(0.85) else torch.zeros_like(body)
    mask = torch.maximum(body.float(), ARCH_VALUE * arch.float()) * (1.0 if modality == "ct" else -1.0)
    middle = torch.nonzero(body).float().mean(0) + dice.normal(3) * dice.uniform(0, 1.5)
    centres = [known[r].get("centre") if r is not None else None for r in (upper, lower)]
    frame = pose(dice, sites, sites["centre"], *centres)
    fields = torch.stack([image, mask])
    pair = cut(fields, torch.tensor([OUTSIDE[modality], 0.0]), frame, middle)
    if cortex > 0:
        sites, below = marrow_corners(sites, below, cortex)
    sites = {**sites, **below}
    positions, present = torch.zeros(len(SITES), 3), torch.zeros(len(SITES), dtype=torch.bool)
    for n, site in enumerate(SITES):
        if site not in sites:
            continue
        nearest = sites[site].round().long()
        if any(not 0 <= int(nearest[k]) < PATCH[k] for k in range(3)) or bool(outside[tuple(nearest)]):
            continue
        voxel = frame.T @ (sites[site] - middle) + torch.tensor(ORIGIN)
        if all(-0.5 <= float(voxel[k]) <= SIZE[k] - 0.5 for k in range(3)):
            positions[n], present[n] = map_position(voxel), True
    return pair.reshape(2 * SIZE[0], SIZE[1], SIZE[2]), positions, present
