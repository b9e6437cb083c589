#!/usr/bin/env python3
"""Our sliding window beside MONAI's and nnU-Net's: the same network, volume and windows (one row with our own windows), two threads, in turn, each in a
process of its own. Prints the median CPU seconds of all threads for the windows alone (the second pass; the first warms
up), the peak memory of the process and the ratios to ours.

    bench_engine.py SLIDE_ARRAY NETWORK.pt [ROUNDS]      with a Python that has torch, monai and nnunetv2

SLIDE_ARRAY is build/*/tests/slide_array, NETWORK.pt that of a model package.
"""
import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time

SIZE, WINDOW, OVERLAP, CHANNELS, THREADS = (144, 144, 192), (96, 96, 96), 0.5, 12, 2
TUNED = {"MALLOC_MMAP_THRESHOLD_": str(1 << 40), "MALLOC_TRIM_THRESHOLD_": str(1 << 40),
         "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}


def starts():
    rows = []
    for n, w in zip(SIZE, WINDOW):
        count = -(-(n - w) // int(w * (1 - OVERLAP))) + 1
        rows.append([round(k * (n - w) / max(1, count - 1)) for k in range(count)])
    return rows


def other(which, network, image):
    """In a process of its own: one pass to warm up, one that counts."""
    import numpy
    import torch
    torch.set_num_threads(THREADS)
    module = torch.jit.load(network).float().eval()
    data = torch.from_numpy(numpy.fromfile(image, dtype=numpy.float32)).reshape(1, 1, *SIZE)
    if which.startswith("monai"):
        from monai.inferers import sliding_window_inference

        def run():
            sliding_window_inference(data, WINDOW, 1, module, overlap=OVERLAP, mode="gaussian")
    else:
        sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests" / "inference" / "parity"))
        import parity
        parity.CLASSES = CHANNELS
        predictor = parity.nnunet_predictor(module, WINDOW)

        def run():
            predictor.predict_sliding_window_return_logits(data[0])
    with torch.no_grad():
        for _ in range(2):
            before = time.process_time()
            run()
            cpu = time.process_time() - before
    print(json.dumps({"cpu_s": cpu, "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))


def measured(words, environment=None):
    done = subprocess.run([str(w) for w in words], capture_output=True, text=True,
                          env=dict(os.environ, OMP_WAIT_POLICY="passive", **(environment or {})))
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    return json.loads(done.stdout.splitlines()[-1])


def main():
    if sys.argv[1] == "--other":
        return other(*sys.argv[2:])
    tool, network, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 3
    with tempfile.TemporaryDirectory(prefix="spondyl-bench-") as folder:
        import numpy
        image = pathlib.Path(folder) / "in.f32"
        numpy.random.default_rng(3).normal(size=SIZE).astype(numpy.float32).tofile(image)
        comma = lambda numbers: ",".join(map(str, numbers))
        ours = [tool, f"network={network}", f"in={image}", f"out={folder}/out.f32", f"size={comma(SIZE)}",
                f"window={comma(WINDOW)}", "starts=" + "/".join(map(comma, starts())), f"channels={CHANNELS}",
                f"threads={THREADS}", "repeat=2"]
        them = lambda which: [sys.executable, __file__, "--other", which, network, image]
        planned = [word for word in ours if not word.startswith(("window=", "starts="))]
        runs = {"Spondyl": (ours, None), "Spondyl, windows as it plans them": (planned, None),
                "Spondyl, plain allocator": ([*ours, "allocator=plain"], None),
                "MONAI": (them("monai"), None), "MONAI, glibc's malloc tuned": (them("monai"), TUNED),
                "nnU-Net, no mirroring": (them("nnunet"), None)}
        rows = {name: [] for name in runs}
        for _ in range(rounds):
            for name, (words, environment) in runs.items():
                rows[name].append(measured(words, environment))
        median = lambda name, what: statistics.median(row[what] for row in rows[name])
        print("| | CPU s | ratio | peak MiB | ratio |\n|---|---|---|---|---|")
        for name in runs:
            cpu, peak = median(name, "cpu_s"), median(name, "peak_mib")
            print(f"| {name} | {cpu:.2f} | {cpu / median('Spondyl', 'cpu_s'):.2f} | {peak:.0f} | "
                  f"{peak / median('Spondyl', 'peak_mib'):.2f} |")
        held = rows["Spondyl"][-1]
        print(f"\nHeld by the allocator at the most: {held['most_held_mib'] / held['most_used_mib']:.2f} x what was in use")


if __name__ == "__main__":
    main()
