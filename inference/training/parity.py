"""Compares an exported package with the Python source it came from; exit 1 above 1e-4.

    python parity.py --checkpoint runs/ct/checkpoint.pt --package ../../resources/models/spine-ct
"""

import argparse
import hashlib
import json
from pathlib import Path

import torch

from export import half_rounded
from predict import load_network

TOLERANCE = 1e-4


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", required=True)
    parser.add_argument("--package", required=True)
    parser.add_argument("--dump", help="folder for input.f32 and output.f32, to compare LibTorch")
    options = parser.parse_args()
    folder = Path(options.package)
    card = json.loads((folder / "metadata.json").read_text())
    content = (folder / card["file"]).read_bytes()
    if hashlib.sha256(content).hexdigest() != card["sha256"]:
        raise SystemExit("the card's checksum is not the file's")
    module = torch.jit.load(folder / card["file"]).float()
    network, _ = load_network(options.checkpoint)
    source = half_rounded(network)
    worst = 0.0
    for seed, shape in enumerate(((64, 80, 48), (96, 80, 80), (32, 112, 96))):
        image = torch.randn(1, 1, *shape, generator=torch.Generator().manual_seed(seed))
        with torch.no_grad():
            got, wanted = module(image), source(image)
        worst = max(worst, float((got - wanted).abs().max()))
        if options.dump and seed == 0:
            out = Path(options.dump)
            image.numpy().tofile(out / "input.f32")
            wanted.numpy().tofile(out / "output.f32")
    print(f"largest difference {worst:.2e} (tolerance {TOLERANCE:g})")
    if worst > TOLERANCE:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
