"""What fails under a study: one clear sentence, its exit code, and what was there before stays as it was."""
import hashlib
import os
import shutil
import signal
import subprocess
import threading
import time
import unittest

from support import CLI, CliTest


def small_disk():
    """Whether this user may have a file system of its own, small enough to be full."""
    probe = subprocess.run(["unshare", "-rm", "true"], capture_output=True) if shutil.which("unshare") else None
    return probe is not None and probe.returncode == 0


class Faults(CliTest):
    def setUp(self):
        super().setUp()
        self.ok("phantom", "--out", self.folder / "p", "--seed", "5", "--spacing", "3", "--levels", "T12-S1")
        self.study = self.folder / "p" / "dicom"
        self.out = self.folder / "out"

    def digest(self):
        files = sorted(p for p in self.out.rglob("*") if p.is_file())
        return {str(p): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}

    def workers(self):
        """Analysis programs of this test that are past their start: more than a second of CPU time."""
        found = []
        for entry in os.scandir("/proc"):
            if not entry.name.isdigit():
                continue
            try:
                with open(f"/proc/{entry.name}/cmdline", "rb") as file:
                    words = file.read().split(b"\0")
                with open(f"/proc/{entry.name}/stat") as file:
                    used = sum(int(ticks) for ticks in file.read().rpartition(")")[2].split()[11:13])
            except OSError:
                continue
            if used > 1.3 * os.sysconf("SC_CLK_TCK") and words[0].endswith(b"spondyl-inference") and str(self.folder / "run").encode() in words:
                found.append(int(entry.name))
        return found

    def test_a_memory_limit_below_need_ends_in_both_numbers_and_leaves_the_earlier_result(self):
        self.ok("analyze", self.study, "--out", self.out)
        before = self.digest()
        line = self.refused(5, "analyze", self.study, "--out", self.out, "--force", "--memory-limit", "0.05",
                            saying="There is not enough memory")
        self.assertRegex(line, r"[0-9]+ MiB needed, [0-9]+ MiB allowed")
        self.assertEqual(self.digest(), before)
        self.nothing_left(self.out)

    def test_a_worker_that_is_killed_again_and_again_is_told_and_leaves_the_earlier_result(self):
        self.ok("analyze", self.study, "--out", self.out)
        before = self.digest()
        over = threading.Event()

        def hunt():
            while not over.is_set():
                for process in self.workers():
                    os.kill(process, signal.SIGKILL)
                time.sleep(0.05)

        hunter = threading.Thread(target=hunt)
        hunter.start()
        try:
            self.refused(70, "analyze", self.study, "--out", self.out, "--force")
        finally:
            over.set()
            hunter.join()
        self.assertEqual(self.digest(), before)
        self.nothing_left(self.out)
        self.ok("analyze", self.study, "--out", self.out, "--force")

    @unittest.skipUnless(small_disk(), "SKIPPED: no file system of its own without root here")
    def test_a_full_disk_is_told_and_nothing_counts_as_a_result(self):
        self.out.mkdir()
        script = 'mount -t tmpfs -o size=96k tmpfs "$1" && "$2" analyze "$3" --out "$1"; code=$?; ls -A "$1"; exit $code'
        self.ok("devices")  # the settings' folders exist
        environment = dict(os.environ, XDG_CONFIG_HOME=str(self.folder / "config"), XDG_DATA_HOME=str(self.folder / "data"),
                           XDG_STATE_HOME=str(self.folder / "state"), SPONDYL_RUNTIME_DIR=str(self.folder / "run"))
        done = subprocess.run(["unshare", "-rm", "sh", "-c", script, "_", self.out, CLI, self.study], env=environment,
                              capture_output=True, text=True, timeout=600)
        self.assertEqual(done.returncode, 5, done.stderr[-2000:])
        lines = [line for line in done.stderr.splitlines() if line.startswith("spondyl-cli: ")]
        self.assertEqual(len(lines), 1, done.stderr)
        self.assertIn("full", lines[0])
        self.assertEqual(done.stdout.split(), [])  # not even a half one


if __name__ == "__main__":
    unittest.main()
