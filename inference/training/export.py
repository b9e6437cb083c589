"""Writes a model package from a checkpoint: folded, traced, half-precision weights, card.

    python export.py --checkpoint runs/ct/checkpoint.pt --out ../../resources/models/spine-ct \
        --version 1.0.0 [--measured measured.json]

The file holds half-precision weights: a loader converts the module to float once (`module.to(kFloat)`).
The trace is made by a new torch and must load in LibTorch 1.13 as well: traced, never scripted.
"""

import argparse
import hashlib
import json
import warnings
from pathlib import Path

import torch

from appearance import PATCH
from network import (CLASSES, EXTRA_CHANNELS, LEVEL_SCALE, MR_CLIP, MR_OUTSIDE, MR_PERCENTILES,
                     MULTIPLE, OFFSET_SCALE_MM, SPACING_MM, fold_batch_norm)
from predict import load_network


def half_rounded(network):
    """The folded network with its weights rounded to half precision, kept as float."""
    folded = fold_batch_norm(network.to(memory_format=torch.contiguous_format))
    with torch.no_grad():
        for value in folded.parameters():
            value.copy_(value.half().float())
    for value in folded.parameters():
        value.requires_grad_(False)
    return folded


def trace(network):
    folded = half_rounded(network)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return torch.jit.trace(folded, torch.zeros(1, 1, *PATCH), check_trace=False)


def parity(network, module, shape=(64, 80, 48), seed=3):
    """Largest absolute difference of the package's outputs to its Python source, and to the
    network before rounding to half precision."""
    image = torch.randn(1, 1, *shape, generator=torch.Generator().manual_seed(seed))
    with torch.no_grad():
        exported = module(image)
        source = half_rounded(network)(image)
        exact = network.eval()(image)
    return float((exported - source).abs().max()), float((exported - exact).abs().max())


# What differs between the modalities, as the card says it.
TEXT = {
    "ct": {
        "what": "Vertebrae, posterior elements, discs, sacrum, canal, ribs and other bone in CT",
        "format": "hounsfield",
        "padding": {"padding_hu": -1000.0},
        "normalisation": {"clip_hu": [-400.0, 1500.0], "subtract": 100.0, "divide": 300.0},
        "body": "the whole body with its cortex",
        "development": "one CT was measured while choosing the recipe",
        "limits": "One development CT only. Thin ribs, metal, strong deformity, children and the "
                  "neck were not measured on real scans.",
        "maximum_spacing_mm": 5.0,
    },
    "mr": {
        "what": "Vertebral bodies, posterior elements, discs, sacrum, canal, cord, ribs and other bone "
                "in MR of any weighting",
        "format": "magnitude",
        "padding": {"padding_input": MR_OUTSIDE},
        "normalisation": {"percentiles": list(MR_PERCENTILES), "to": [-1.5, 1.5], "clip": list(MR_CLIP)},
        "body": "the marrow: a body and the sacrum end inside their cortex, as manual MR masks do",
        "development": "the tuning half of mr_split.json was measured while choosing the recipe",
        "limits": "Lumbar MR of a few healthy and diseased adults only; posterior elements, cord, the "
                  "neck, the thoracic spine, metal, tumours and infection were not measured on real scans.",
        "maximum_spacing_mm": 6.0,
    },
}


def card(state, sha256, version, measured, options):
    modality = state.get("modality", "ct")
    classes, text = CLASSES[modality], TEXT[modality]
    number = len(classes)
    names = [*classes, "offset_z", "offset_y", "offset_x", "level_number"]
    return {
        "schema": "spondyl-model-1",
        "name": f"spine-{modality}",
        "version": version,
        "description": f"{text['what']}, with votes for body centres and level numbers; trained on "
                       "synthetic spines only.",
        "task": f"spine-{modality}",
        "network_data_format": {
            "inputs": {"image": {
                "type": "image", "format": text["format"], "modality": modality.upper(),
                "num_channels": 1, "spatial_shape": list(PATCH), "dtype": "float32",
                "is_patch_data": True, "channel_def": {"0": modality.upper()},
            }},
            "outputs": {"pred": {
                "type": "image", "format": "mixed", "num_channels": number + EXTRA_CHANNELS,
                "spatial_shape": list(PATCH), "dtype": "float32", "is_patch_data": True,
                "channel_def": {str(i): name for i, name in enumerate(names)},
            }},
        },
        "file": "model.pt",
        "sha256": sha256,
        "format": "torchscript-traced",
        "weights": "half precision in the file; convert the module to float after loading",
        "minimum_libtorch": "1.13",
        "spacing_mm": [SPACING_MM[modality]] * 3,
        "tensor": {
            "dimensions": ["N", "C", "z", "y", "x"],
            "orientation": "LPS: x increases to the patient's left, y to posterior, z to superior",
            "size_multiple": MULTIPLE,
            "patch_shapes_zyx": [[96, 80, 80], [96, 96, 96], [128, 96, 96], [160, 96, 96],
                                 [192, 112, 112]],
            **text["padding"],
        },
        "normalisation": text["normalisation"],
        "outputs": {
            "classes": {"channels": [0, number], "activation": "softmax", "labels": list(classes)},
            "offset": {"channels": [number, number + 3], "order": ["z", "y", "x"],
                       "scale_mm": OFFSET_SCALE_MM,
                       "meaning": "from the voxel to the centre of its own vertebral body"},
            "level": {"channel": number + 3, "scale": LEVEL_SCALE,
                      "meaning": "C1 = 1, C7 = 7, T1 = 8, T12 = 19, L1 = 20, L5 = 24, L6 = 25"},
        },
        "inference": {"mirror": options.mirror, "vertebra_threshold": options.vertebra_threshold,
                      "disc_threshold": options.disc_threshold},
        "conventions": {"body": text["body"]},
        "intended_input": {"modality": modality.upper(), "minimum_spacing_mm": 0.3,
                           "maximum_spacing_mm": text["maximum_spacing_mm"],
                           "region": "any part of the spine", "body": "human, adult or child"},
        "intended_use": "research; proposals that a reader checks; not for diagnostic use",
        "training": {
            "data": "synthetic spines of Spondyl's own phantom, appearance drawn at random; no "
                    "patient image, label or statistic was used for gradients",
            "data_licence": "Apache-2.0 (generated by this repository)",
            "generator_version": options.generator_version,
            "pool_seeds": options.pool_seeds,
            "started_from": options.started_from,
            "appearance_seed": state.get("seed"),
            "steps": state["step"],
            "batch": 2,
            "minutes": round(state.get("elapsed", 0.0) / 60, 1),
            "schedule_fraction": round(state.get("fraction", 0.0), 3),
            "development_case": text["development"],
        },
        "measured": measured,
        "limits": text["limits"],
        "licence": "Apache-2.0",
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--version", required=True)
    parser.add_argument("--measured", help="JSON file with the measured accuracy")
    parser.add_argument("--generator-version", default="unknown")
    parser.add_argument("--pool-seeds", default="", help="as generated, e.g. 1-400,401-800")
    parser.add_argument("--vertebra-threshold", type=float, default=0.35,
                        help="P(body) + P(arch) from which a voxel is given to a vertebra")
    parser.add_argument("--disc-threshold", type=float, default=0.4)
    parser.add_argument("--mirror", action="store_true", help="average with the mirrored input")
    parser.add_argument("--started-from", default="random weights", help="the round before, in words")
    options = parser.parse_args()
    network, state = load_network(options.checkpoint)
    network = network.to(memory_format=torch.contiguous_format)
    module = trace(network)
    same, rounded = parity(network, module)
    if same > 1e-4:
        raise SystemExit(f"export differs from its source by {same:g}")
    folder = Path(options.out)
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / "model.pt"
    temporary = folder / "model.pt.tmp"
    torch.jit.save(module.half(), temporary)
    temporary.replace(target)
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    measured = json.loads(Path(options.measured).read_text()) if options.measured else {}
    text = json.dumps(card(state, digest, options.version, measured, options), indent=2)
    (folder / "metadata.json").write_text(text + "\n")
    print(f"{target}: {target.stat().st_size / 1e6:.1f} MB, sha256 {digest}")
    print(f"parity: source {same:.2e}, before rounding to half {rounded:.2e}")


if __name__ == "__main__":
    main()
