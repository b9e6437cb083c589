"""Reads the phantom volumes that `spondyl-phantom-pool` writes (generator/pool_file.h)."""

import json
from pathlib import Path

import numpy as np

MAGIC = b"SPNDPOOL"
SACRUM_RANK = 26


def level_number(rank):
    """C1 = 1 .. T12 = 19, T13 between, L1 = 20 .. L5 = 24, L6 = 25."""
    return rank + 1.0 if rank <= 18 else 19.5 if rank == 19 else float(rank)


class PoolVolume:
    """One phantom volume; arrays z,y,x with LPS axes.

    classes, instances, soft: uint8; distance: int8 in units of `distance_unit_mm`, negative inside
    bone. `centres`: instance number -> (z, y, x in voxels, level number), vertebrae only.
    """

    distance_unit_mm = 0.25

    def __init__(self, path):
        self.path = Path(path)
        raw = np.fromfile(self.path, np.uint8)
        if raw[:8].tobytes() != MAGIC:
            raise ValueError(f"{path} is no pool file")
        length = int.from_bytes(raw[8:12].tobytes(), "little")
        header = json.loads(raw[12:12 + length].tobytes())
        self.header = header
        self.size = tuple(header["shape"])
        self.spacing_mm = header["spacing_mm"]
        count = int(np.prod(self.size))
        blocks = {b["name"]: raw[b["offset"]:b["offset"] + count].view(b["dtype"])
                  .reshape(self.size) for b in header["blocks"]}
        self.classes, self.instances = blocks["class"], blocks["instance"]
        self.soft, self.distance = blocks["tissue"], blocks["distance"]
        self.centres = {i["number"]: (*i["centre_zyx"], level_number(i["rank"]))
                        for i in header["instances"] if i["rank"] != SACRUM_RANK}


def list_pool(folder):
    """All volumes of a folder, by seed."""
    return sorted(Path(folder).glob("phantom-*.spp"), key=lambda p: (len(p.name), p.name))
