"""Trains the landmark network on phantoms only; resumable; the schedule follows the elapsed time.

    python landmarks_train.py --pool pool/fine --run runs/landmarks --minutes 45 [--resume]

The pool needs its landmarks beside it: spondyl-phantom-pool --landmarks pool/fine
"""

import argparse
import json
import time
from pathlib import Path

import torch
from torch import nn
from torch.utils.data import DataLoader, IterableDataset

from appearance import Dice
from landmarks import LandmarkNet, loss_of
from landmarks_samples import make_crops
from pool import PoolVolume, list_pool
from train import Average, freeze_statistics, learning_rate, save

FREEZE_FROM = 0.75
SHUFFLED = 48  # crops of one patch look alike: so many wait, one of them is taken


class Crops(IterableDataset):
    """Endless crops, CT and MR in turn. Patch number n uses seed `seed * 10**9 + n`."""

    def __init__(self, pool, seed, first):
        self.paths, self.seed, self.number = list_pool(pool), seed, first

    def __iter__(self):
        torch.set_num_threads(1)
        waiting = []
        while True:
            while len(waiting) < SHUFFLED:
                seed = self.seed * 10**9 + self.number
                path = self.paths[Dice(seed).integer(len(self.paths))]
                waiting += make_crops(PoolVolume(path), seed, ("ct", "mr")[self.number % 2])
                self.number += 1
            place = Dice(self.number * 1000 + len(waiting)).integer(len(waiting))
            image, position, present = waiting.pop(place)
            yield image[None].to(torch.bfloat16), position, present


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pool", default="pool/fine")
    parser.add_argument("--run", default="runs/landmarks")
    parser.add_argument("--minutes", type=float, default=45)
    parser.add_argument("--seed", type=int, default=21)
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--lr", type=float, default=2e-3)
    parser.add_argument("--initial", help="checkpoint whose averaged weights to start from")
    parser.add_argument("--resume", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    run = Path(options.run)
    run.mkdir(parents=True, exist_ok=True)
    checkpoint = run / "checkpoint.pt"
    network = LandmarkNet().to(memory_format=torch.channels_last_3d)
    if options.initial:
        network.load_state_dict(torch.load(options.initial)["average"])
    optimiser = torch.optim.AdamW(network.parameters(), lr=options.lr, weight_decay=1e-4)
    average = Average(network)
    step, elapsed = 0, 0.0
    if options.resume and checkpoint.exists():
        state = torch.load(checkpoint)
        network.load_state_dict(state["network"])
        optimiser.load_state_dict(state["optimiser"])
        average.state = state["average"]
        step, elapsed = state["step"], state["elapsed"]
    (run / "options.json").write_text(json.dumps(vars(options), indent=1))
    loader = iter(DataLoader(Crops(options.pool, options.seed, 2 * step), batch_size=options.batch, num_workers=1,
                             prefetch_factor=4, multiprocessing_context="fork"))
    log = open(run / "train.log", "a", buffering=1)
    network.train()
    frozen, sums = False, [0.0, 0.0, 0.0]
    begin = time.monotonic() - elapsed

    def store():
        save(checkpoint, network=network.state_dict(), average=average.state, step=step, elapsed=elapsed,
             optimiser=optimiser.state_dict(), seed=options.seed, batch=options.batch,
             fraction=elapsed / (60 * options.minutes), widths=network.widths)

    while True:
        elapsed = time.monotonic() - begin
        fraction = elapsed / (60 * options.minutes)
        if fraction >= 1.0:
            break
        if not frozen and fraction > FREEZE_FROM:
            freeze_statistics(network)
            frozen = True
        for group in optimiser.param_groups:
            group["lr"] = learning_rate(options.lr, fraction)
        before = time.monotonic()
        image, position, present = next(loader)
        sums[2] += time.monotonic() - before
        with torch.autocast("cpu", torch.bfloat16):
            maps = network.maps(image)
        entropy, gap = loss_of(maps, position, present)
        loss = entropy + gap
        if torch.isfinite(loss):
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 5.0)
            optimiser.step()
            average.update(network, step)
            sums[0] += entropy.item()
            sums[1] += gap.item()
        else:
            log.write(f"step {step}: loss is not finite, batch skipped\n")
        optimiser.zero_grad()
        step += 1
        if step % 50 == 0:
            spent = time.monotonic() - begin
            log.write(f"step {step} min {spent / 60:.1f} lr {learning_rate(options.lr, fraction):.2e} entropy "
                      f"{sums[0] / 50:.3f} gap {sums[1] / 50:.3f} wait {sums[2] / 50:.2f}s\n")
            sums = [0.0, 0.0, 0.0]
        if step % 200 == 0:
            store()
    store()
    log.write(f"finished: {step} steps in {elapsed / 60:.1f} minutes\n")


if __name__ == "__main__":
    main()
