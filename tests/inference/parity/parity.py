#!/usr/bin/env python3
"""Our sliding window against another's: the same traced network with random weights, the same random volume.

    parity.py monai|nnunet SLIDE_ARRAY

monai: sliding_window_inference(mode="gaussian"), largest difference at most 1e-4.
nnunet: nnUNetPredictor.predict_sliding_window_return_logits. It adds and divides in half precision, where its weights of
down to 1e-10 vanish, so it is compared twice: as it is, by the class that wins, and added up in single precision, to 1e-4.
Each is met with its own weights (a card's inference.window_centre_shift and window_least_weight).
Exit 77 (skipped) where the other one is not installed.
"""
import itertools
import json
import math
import pathlib
import subprocess
import sys
import tempfile
import types

SKIPPED = 77
CLASSES = 6


def network():
    """Convolutions, instance norm, stride and transposed convolution, random but fixed weights."""
    import torch
    from torch import nn
    torch.manual_seed(5)
    return nn.Sequential(
        nn.Conv3d(1, 8, 3, padding=1), nn.InstanceNorm3d(8, affine=True), nn.LeakyReLU(0.01),
        nn.Conv3d(8, 16, 3, stride=2, padding=1), nn.InstanceNorm3d(16, affine=True), nn.LeakyReLU(0.01),
        nn.ConvTranspose3d(16, 8, 2, stride=2), nn.LeakyReLU(0.01), nn.Conv3d(8, CLASSES, 1)).eval()


def volume(size):
    import torch
    return torch.randn(1, 1, *size, generator=torch.Generator().manual_seed(11))


def ours(tool, folder, module, image, window, starts, **options):
    """The result of our engine, [CLASSES, z, y, x], and what it cost."""
    import numpy
    import torch
    traced = torch.jit.trace(module, torch.zeros(1, 1, *window), check_trace=False)
    torch.jit.save(traced, folder / "network.pt")
    image.numpy().tofile(folder / "in.f32")
    size = image.shape[2:]
    comma = lambda numbers: ",".join(map(str, numbers))
    words = {"network": folder / "network.pt", "in": folder / "in.f32", "out": folder / "out.f32", "size": comma(size),
             "window": comma(window), "starts": "/".join(map(comma, starts)), "channels": CLASSES, **options}
    done = subprocess.run([tool, *(f"{k}={v}" for k, v in words.items())], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"slide_array: {done.stderr}")
    out = numpy.fromfile(folder / "out.f32", dtype=numpy.float32).reshape(CLASSES, *size)
    return torch.from_numpy(out), json.loads(done.stdout)


def monai_starts(size, window, overlap):
    """As monai.data.utils.dense_patch_slices places them."""
    rows = []
    for n, w in zip(size, window):
        step = n if n == w else max(1, int(w * (1 - overlap)))
        count = math.ceil(n / step)
        count = next(d for d in range(count) if d * step + w >= n) + 1
        rows.append([min(k * step, n - w) for k in range(count)])
    return rows


def compare(name, mine, theirs, tolerance, least_equal):
    largest = float((mine - theirs).abs().max())
    equal = float((mine.argmax(0) == theirs.argmax(0)).double().mean())
    print(f"{name}: largest difference {largest:.2e} (allowed {tolerance:g}), "
          f"same class in {equal:.7f} of the voxels (at least {least_equal})")
    return largest <= tolerance and equal >= least_equal


def against_monai(tool, folder):
    import torch
    from monai.inferers import sliding_window_inference
    module, good = network(), True
    for size, window, overlap in (((70, 61, 48), (32, 32, 32), 0.25), ((50, 64, 40), (32, 48, 40), 0.5)):
        image = volume(size)
        with torch.no_grad():
            theirs = sliding_window_inference(image, window, 1, module, overlap=overlap, mode="gaussian")[0]
        mine, _ = ours(tool, folder, module, image, window, monai_starts(size, window, overlap), least=0.001)
        good &= compare(f"MONAI {window}, overlap {overlap}", mine, theirs, 1e-4, 0.9999)
    return good


def nnunet_predictor(module, window):
    import torch
    from nnunetv2.inference.predict_from_raw_data import nnUNetPredictor
    predictor = nnUNetPredictor(tile_step_size=0.5, use_gaussian=True, use_mirroring=False, device=torch.device("cpu"),
                                perform_everything_on_device=False, verbose=False, allow_tqdm=False)
    predictor.network = module
    predictor.configuration_manager = types.SimpleNamespace(patch_size=list(window))
    predictor.label_manager = types.SimpleNamespace(num_segmentation_heads=CLASSES)
    predictor.allowed_mirroring_axes = None
    return predictor


def nnunet_single_precision(module, image, window):
    """nnU-Net's own windows and weights, added up in single precision."""
    import torch
    from nnunetv2.inference.sliding_window_prediction import compute_gaussian, compute_steps_for_sliding_window
    weights = compute_gaussian(tuple(window), sigma_scale=1 / 8, value_scaling_factor=10, dtype=torch.float32,
                               device=torch.device("cpu"))
    steps = compute_steps_for_sliding_window(tuple(image.shape[2:]), tuple(window), 0.5)
    total, count = torch.zeros(CLASSES, *image.shape[2:]), torch.zeros(image.shape[2:])
    with torch.no_grad():
        for at in itertools.product(*steps):
            place = tuple(slice(a, a + w) for a, w in zip(at, window))
            total[(slice(None), *place)] += module(image[(slice(None), slice(None), *place)])[0] * weights
            count[place] += weights
    return total / count, steps


def against_nnunet(tool, folder):
    module, good = network(), True
    for size, window in (((70, 61, 48), (32, 32, 32)), ((50, 64, 40), (32, 48, 40))):
        image = volume(size)
        theirs = nnunet_predictor(module, window).predict_sliding_window_return_logits(image[0]).float()
        single, steps = nnunet_single_precision(module, image, window)
        mine, _ = ours(tool, folder, module, image, window, steps, shift=0.5)
        good &= compare(f"nnU-Net {window}, single precision", mine, single, 1e-4, 0.9999)
        good &= compare(f"nnU-Net {window}, as it is", mine, theirs, 1.0, 0.99)
    return good


def main():
    other, tool = sys.argv[1], sys.argv[2]
    try:
        __import__({"monai": "monai", "nnunet": "nnunetv2"}[other])
        import torch  # noqa: F401
    except ImportError as missing:
        print(f"SKIPPED: {missing}")
        return SKIPPED
    with tempfile.TemporaryDirectory(prefix="spondyl-parity-") as name:
        run = against_monai if other == "monai" else against_nnunet
        return 0 if run(tool, pathlib.Path(name)) else 1


if __name__ == "__main__":
    sys.exit(main())
