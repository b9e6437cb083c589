"""Runs a network over a volume: resampling to its grid, the network's input, one pass, optional mirror."""

import numpy as np
import torch
from scipy import ndimage

from network import (CLASSES, LEVEL_SCALE, MR_OUTSIDE, MR_PERCENTILES, MULTIPLE, OFFSET_SCALE_MM,
                     SPACING_MM, UNet, normalise_ct, normalise_mr)

AIR = -1000.0


def load_image(path):
    """Values z,y,x with LPS axes and its spacing (z,y,x) in mm; axis-aligned NIfTI only."""
    import nibabel

    image = nibabel.as_closest_canonical(nibabel.load(path))
    data = np.asarray(image.dataobj)
    spacing = np.array(image.header.get_zooms()[:3], float)[::-1]
    return np.ascontiguousarray(data[::-1, ::-1].transpose(2, 1, 0)), spacing


def to_grid(hu, spacing, target=SPACING_MM["ct"]):
    """Linear resampling; the fields of both grids share their lower edges."""
    spacing = np.asarray(spacing, float)
    smooth = [0.5 * max(0.0, (target / s) ** 2 - 1.0) ** 0.5 for s in spacing]
    hu = ndimage.gaussian_filter(hu.astype(np.float32), smooth, mode="nearest")
    size = np.maximum(1, np.round(np.array(hu.shape) * spacing / target).astype(int))
    index = [((np.arange(n) + 0.5) * target / s - 0.5) for n, s in zip(size, spacing)]
    for axis in range(3):
        hu = _interpolate(hu, index[axis], axis)
    return hu


def _interpolate(volume, index, axis):
    index = np.clip(index, 0, volume.shape[axis] - 1)
    low = np.minimum(index.astype(int), max(0, volume.shape[axis] - 2))
    high = np.minimum(low + 1, volume.shape[axis] - 1)
    shape = [1, 1, 1]
    shape[axis] = -1
    part = (index - low).astype(np.float32).reshape(shape)
    return volume.take(low, axis) * (1 - part) + volume.take(high, axis) * part


def labels_to_grid(labels, size, spacing, source=SPACING_MM["ct"]):
    """Instance labels on a grid of `size` and `spacing` (shared lower edges), by linear votes."""
    best = np.full(size, 0.5, np.float32)
    out = np.zeros(size, labels.dtype)
    index = [((np.arange(n) + 0.5) * s / source - 0.5) for n, s in zip(size, spacing)]
    for k in np.unique(labels[labels > 0]):
        part = (labels == k).astype(np.float32)
        for axis in range(3):
            part = _interpolate(part, index[axis], axis)
        better = part > best
        out[better], best[better] = k, part[better]
    return out


def load_network(checkpoint, average=True):
    state = torch.load(checkpoint, weights_only=False)
    network = UNet(state["widths"], len(CLASSES[state.get("modality", "ct")]))
    network.load_state_dict(state["average" if average else "network"])
    return network.eval().to(memory_format=torch.channels_last_3d), state


def input_of(values, modality="ct"):
    """The network's input from values on its grid; of MR the percentiles are those of all voxels."""
    values = torch.from_numpy(np.asarray(values, np.float32))
    if modality == "ct":
        return normalise_ct(values).numpy()
    low, high = np.percentile(values, MR_PERCENTILES)
    return normalise_mr(values, float(low), float(high)).numpy()


def predict(network, image, mirror=False, bfloat16=True):
    """Probabilities [classes,z,y,x], offsets in mm [3,z,y,x], level numbers [z,y,x] of an input on its grid."""
    size, number = image.shape, network.classes
    outside = (float(normalise_ct(torch.tensor(AIR))) if number == len(CLASSES["ct"])
               else MR_OUTSIDE)
    image = np.pad(image, [(0, -n % MULTIPLE) for n in size], constant_values=outside)
    image = torch.from_numpy(image.astype(np.float32))[None, None]
    output = 0
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16, enabled=bfloat16):
        for flip in (False, True) if mirror else (False,):
            part = network(image.flip(4) if flip else image).float()
            part[:, :number] = part[:, :number].softmax(1)
            if flip:
                part = part.flip(4)
                part[:, number + 2] = -part[:, number + 2]
            output = output + part
    output = (output / (2 if mirror else 1))[0, :, :size[0], :size[1], :size[2]].numpy()
    return (output[:number], output[number:number + 3] * OFFSET_SCALE_MM,
            output[number + 3] * LEVEL_SCALE)
