"""Trains a network on phantoms only; resumable; the schedule follows the elapsed time.

    python train.py --pool pool --run runs/ct --minutes 95 [--resume]
"""

import argparse
import json
import math
import os
import subprocess
import sys
import time
from pathlib import Path

import torch
from torch import nn
from torch.utils.data import DataLoader, IterableDataset

from losses import loss_terms
from network import CLASSES, UNet, start_from
from pool import PoolVolume, list_pool
from samples import make_sample

FREEZE_FROM = 0.75  # of the time: BatchNorm runs on its running statistics
WARM_UP = 0.015
EMA_DECAY = 0.995


class Patches(IterableDataset):
    """Endless patches. Patch number n uses appearance seed `seed * 10**9 + n`."""

    def __init__(self, pool, seed, first, modality):
        self.pool, self.seed, self.number, self.modality = pool, seed, first, modality

    def __iter__(self):
        os.nice(4)
        torch.set_num_threads(1)
        number, paths = self.number, []
        while True:
            if number % 200 == 0 or not paths:
                paths = list_pool(self.pool)  # the pool is refreshed while training runs
            seed = self.seed * 10**9 + number
            order = torch.Generator().manual_seed(seed)
            path = paths[int(torch.randint(len(paths), (), generator=order))]
            number += 1
            try:
                volume = PoolVolume(path)
            except (OSError, ValueError):  # replaced by a refresh in this moment
                paths = []
                continue
            sample = make_sample(volume, seed, modality=self.modality)
            yield (sample.image[None].to(torch.bfloat16), sample.classes,
                   sample.offset_mm.half(), sample.level)


class Threads:
    """Two threads while the rest of the machine is idle, one while others compute."""

    def __init__(self, own=None):
        self.fixed = own
        torch.set_num_threads(own or 1)
        self.before = self.read()

    @staticmethod
    def read():
        fields = [int(v) for v in Path("/proc/stat").read_text().split("\n")[0].split()[1:]]
        busy = sum(fields[:3]) + sum(fields[5:8])
        return busy / os.sysconf("SC_CLK_TCK"), time.process_time(), time.monotonic()

    def adapt(self):
        if self.fixed:
            return self.fixed
        now = self.read()
        busy, own, wall = (b - a for a, b in zip(self.before, now))
        self.before = now
        others = (busy - own) / wall
        # The batch process takes about a fifth of a core.
        torch.set_num_threads(2 if others < 0.65 else 1)
        return torch.get_num_threads()


class Average:
    """Exponential moving average of the weights; the running statistics are taken as they are."""

    def __init__(self, network):
        self.state = {k: v.detach().clone() for k, v in network.state_dict().items()}

    def update(self, network, step):
        decay = min(EMA_DECAY, (1 + step) / (10 + step))
        parameters = dict(network.named_parameters())
        for name, value in network.state_dict().items():
            if name in parameters:
                self.state[name].lerp_(value.detach(), 1 - decay)
            else:
                self.state[name].copy_(value)


def learning_rate(peak, fraction):
    if fraction < WARM_UP:
        return peak * (0.05 + 0.95 * fraction / WARM_UP)
    return peak * 0.5 * (1 + math.cos(math.pi * min(1.0, (fraction - WARM_UP) / (1 - WARM_UP))))


def save(path, **content):
    temporary = path.with_suffix(".tmp")
    torch.save(content, temporary)
    os.replace(temporary, path)


def freeze_statistics(network):
    for module in network.modules():
        if isinstance(module, nn.BatchNorm3d):
            module.eval()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pool", default="pool")
    parser.add_argument("--run", default="runs/ct")
    parser.add_argument("--modality", choices=sorted(CLASSES), default="ct")
    parser.add_argument("--minutes", type=float, default=95)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--batch", type=int, default=2)
    parser.add_argument("--lr", type=float, default=2e-3)
    parser.add_argument("--checkpoint-steps", type=int, default=250)
    parser.add_argument("--evaluate-minutes", type=float, default=20)
    parser.add_argument("--evaluate", default="", help="arguments for evaluate.py, run niced")
    parser.add_argument("--initial", help="checkpoint whose averaged weights to start from")
    parser.add_argument("--threads", type=int, help="default: one, two while the machine is idle")
    parser.add_argument("--resume", action="store_true")
    options = parser.parse_args()

    threads = Threads(options.threads)
    torch.manual_seed(options.seed)
    run = Path(options.run)
    run.mkdir(parents=True, exist_ok=True)
    checkpoint = run / "checkpoint.pt"
    network = UNet(classes=len(CLASSES[options.modality])).to(memory_format=torch.channels_last_3d)
    decayed = [p for p in network.parameters() if p.ndim > 1]
    plain = [p for p in network.parameters() if p.ndim == 1]
    optimiser = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": 1e-4}, {"params": plain, "weight_decay": 0.0}],
        lr=options.lr)
    step, elapsed = 0, 0.0
    if options.initial:
        start_from(network, torch.load(options.initial)["average"])
    average = Average(network)
    if options.resume and checkpoint.exists():
        state = torch.load(checkpoint)
        network.load_state_dict(state["network"])
        optimiser.load_state_dict(state["optimiser"])
        average.state = state["average"]
        step, elapsed = state["step"], state["elapsed"]
    (run / "options.json").write_text(json.dumps(vars(options), indent=1))

    loader = iter(DataLoader(
        Patches(options.pool, options.seed, step * options.batch, options.modality), batch_size=options.batch,
        num_workers=1, prefetch_factor=4, multiprocessing_context="fork"))
    log = open(run / "train.log", "a", buffering=1)
    network.train()
    frozen = False
    sums, waited, evaluated = {}, 0.0, elapsed
    begin = time.monotonic() - elapsed

    def store():
        save(checkpoint, network=network.state_dict(), average=average.state, step=step,
             optimiser=optimiser.state_dict(), elapsed=elapsed, seed=options.seed,
             fraction=elapsed / (60 * options.minutes), widths=network.widths, modality=options.modality)

    while True:
        elapsed = time.monotonic() - begin
        fraction = elapsed / (60 * options.minutes)
        if fraction >= 1.0:
            break
        if not frozen and fraction > FREEZE_FROM:
            freeze_statistics(network)
            frozen = True
        rate = learning_rate(options.lr, fraction)
        for group in optimiser.param_groups:
            group["lr"] = rate
        before = time.monotonic()
        image, classes, offset, level = next(loader)
        waited += time.monotonic() - before
        image = image.contiguous(memory_format=torch.channels_last_3d)
        with torch.autocast("cpu", torch.bfloat16):
            output = network(image)
        loss, terms = loss_terms(output, classes, offset.float(), level)
        if not torch.isfinite(loss):
            log.write(f"step {step}: loss is not finite, batch skipped\n")
            optimiser.zero_grad()
            step += 1
            continue
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        optimiser.zero_grad()
        step += 1
        average.update(network, step)
        sums["loss"] = sums.get("loss", 0.0) + loss.item()
        for name, value in terms.items():
            sums[name] = sums.get(name, 0.0) + value.item()
        if step % 10 == 0:
            used = threads.adapt()
        if step % 50 == 0:
            spent = time.monotonic() - begin
            text = " ".join(f"{k} {v / 50:.3f}" for k, v in sums.items())
            log.write(f"step {step} min {spent / 60:.1f} lr {rate:.2e} {text} "
                      f"wait {waited / 50:.2f}s threads {used}\n")
            sums, waited = {}, 0.0
        if step % options.checkpoint_steps == 0:
            store()
            if options.evaluate and elapsed - evaluated > 60 * options.evaluate_minutes:
                evaluated = elapsed
                with open(run / "evaluation.log", "a") as out:
                    subprocess.Popen(
                        ["nice", "-n", "10", sys.executable, "evaluate.py", "--checkpoint",
                         str(checkpoint), *options.evaluate.split()],
                        stdout=out, stderr=out, cwd=Path(__file__).parent)
    store()
    log.write(f"finished: {step} steps in {elapsed / 60:.1f} minutes\n")


if __name__ == "__main__":
    main()
