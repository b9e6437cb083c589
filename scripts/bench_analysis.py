#!/usr/bin/env python3
"""Runs `spondyl-cli analyze` on a study and prints, for each stage, wall seconds and CPU seconds of the command line
and of its worker, then the peak memory of both. Usage: bench_analysis.py BIN_FOLDER STUDY [analyze's options]"""
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

TICK = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid):
    """User + system time of a process so far, all threads; 0 when it is gone."""
    try:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICK


def peak_mib(pid):
    try:
        lines = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


def worker_of(runtime):
    """The worker that uses our runtime folder."""
    for entry in pathlib.Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and (entry / "comm").read_text().startswith("spondyl-infer") and \
                    f"SPONDYL_RUNTIME_DIR={runtime}".encode() in (entry / "environ").read_bytes():
                return int(entry.name)
        except OSError:
            continue
    return None


def main():
    binaries, study, options = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3:]
    with tempfile.TemporaryDirectory(prefix="spondyl-bench-") as folder:
        runtime = pathlib.Path(folder) / "run"
        runtime.mkdir(mode=0o700)
        environment = dict(os.environ, SPONDYL_RUNTIME_DIR=str(runtime))
        started = time.monotonic()
        cli = subprocess.Popen([binaries / "spondyl-cli", "analyze", study, "--out", f"{folder}/out", "--progress",
                                "json", *options], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
                               env=environment)
        rows, stage, worker, peak = [], "begin", None, [0.0, 0.0]

        def mark():
            return time.monotonic(), cpu_seconds(cli.pid), cpu_seconds(worker) if worker else 0.0

        last = mark()
        for line in cli.stderr:
            worker = worker or worker_of(runtime)
            peak = [max(peak[0], peak_mib(cli.pid)), max(peak[1], peak_mib(worker) if worker else 0.0)]
            if not line.startswith("{"):
                print(line.rstrip(), file=sys.stderr)
                continue
            now = json.loads(line)["stage"]
            if now != stage:
                here = mark()
                rows.append((stage, *(b - a for a, b in zip(last, here))))
                stage, last = now, here
        peak[1] = max(peak[1], peak_mib(worker) if worker else 0.0)
        worker_cpu = cpu_seconds(worker) if worker else 0.0
        _, status, usage = os.wait4(cli.pid, 0)
        peak[0] = max(peak[0], usage.ru_maxrss / 1024)
        ended = time.monotonic()
        cli_cpu = usage.ru_utime + usage.ru_stime
        rows.append((stage, ended - last[0], cli_cpu - last[1], worker_cpu - last[2]))
        if worker:
            os.kill(worker, signal.SIGTERM)
        print(f"{'stage':<12} {'wall s':>8} {'CPU s':>8} {'of it worker':>13}")
        for name, wall, own, theirs in rows:
            print(f"{name:<12} {wall:8.2f} {own + theirs:8.2f} {theirs:13.2f}")
        print(f"{'all':<12} {ended - started:8.2f} {cli_cpu + worker_cpu:8.2f} {worker_cpu:13.2f}")
        print(f"peak memory: command line {peak[0]:.0f} MiB, worker {peak[1]:.0f} MiB (the volume is shared by both)")
        return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(main())
