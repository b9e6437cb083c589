"""analyze on several inputs: --list, --jobs, --resume, summary.csv, exit 4."""
import csv
import json
import os
import signal
import subprocess
import time

from support import CLI, CliTest


class Batch(CliTest):
    def setUp(self):
        super().setUp()
        self.out = self.folder / "out"

    def study(self, name, seed=3):
        """A small CT as NIfTI with its labels: the study's name is the file's."""
        folder = self.folder / f"phantom-{seed}"
        if not folder.exists():
            self.ok("phantom", "--out", folder, "--seed", seed, "--spacing", "4", "--levels", "L2-S1")
        target = self.folder / name
        target.parent.mkdir(exist_ok=True)
        self.ok("convert", folder / "dicom", "--out", target)
        return target

    def words(self, *inputs):
        # The label map's grid is the phantom's; the studies here all are of the same phantom.
        return ("analyze", *inputs, "--labels", self.folder / "phantom-3" / "labels.nii.gz", "--out", self.out)

    def summary(self):
        with open(self.out / "summary.csv", newline="") as file:
            return list(csv.DictReader(file))

    def test_some_refused_is_exit_4_and_the_summary_says_which(self):
        good, bad = self.study("a.nii.gz"), self.folder / "absent.nii.gz"
        done = self.run_cli(*self.words(good, bad))
        self.assertEqual(done.returncode, 4, done.stderr)
        self.assertIn("1 of 2", done.stderr)
        rows = self.summary()
        self.assertEqual([r["status"] for r in rows], ["complete", "refused"])
        self.assertEqual([r["input"] for r in rows], [str(good), str(bad)])
        self.assertEqual(rows[0]["folder"], "a")
        self.assertEqual((rows[1]["exit_code"], rows[1]["error"]), ("3", "FileNotFound"))
        self.assertIn("absent.nii.gz", rows[1]["message"])
        self.assertEqual(rows[0]["naming"], "assumed")
        self.assertIn("L3 L4 L5", rows[0]["levels"])
        self.assertGreaterEqual(float(rows[0]["seconds"]), 0.01)

    def test_all_refused_is_their_code_and_one_input_has_no_summary(self):
        good = self.study("a.nii.gz")
        self.assertEqual(self.run_cli(*self.words(self.folder / "x.nii", self.folder / "y.nii")).returncode, 3)
        self.assertEqual([r["status"] for r in self.summary()], ["refused"] * 2)
        (self.out / "summary.csv").unlink()
        self.ok(*self.words(good))
        self.assertFalse((self.out / "summary.csv").exists())

    def test_a_list_names_inputs_one_a_line(self):
        first, second = self.study("a.nii.gz"), self.study("b.nii.gz")
        listed = self.folder / "list.txt"
        listed.write_text(f"# two studies\n\n  {first}\t\r\n{second}\n")
        done = self.ok(*self.words("--list", listed))
        self.assertEqual(done.stdout.split(), [str(self.out / "a"), str(self.out / "b")])
        self.assertEqual([r["status"] for r in self.summary()], ["complete"] * 2)
        listed.write_text("# none\n")
        self.refused(2, *self.words("--list", listed), saying="names no input")
        self.refused(3, *self.words("--list", self.folder / "absent.txt"), saying="absent.txt")
        self.refused(2, "analyze", "--out", self.out, saying="INPUT")

    def test_resume_skips_what_is_complete_and_redoes_what_is_half_done(self):
        names = ["a.nii.gz", "b.nii.gz", "c.nii.gz"]
        studies = [self.study(name) for name in names]
        self.ok(*self.words(*studies[:2]))
        stamp = (self.out / "a" / "run.json").stat().st_mtime_ns
        # b was cut short: its last file is torn.
        run = self.out / "b" / "run.json"
        run.write_text(run.read_text()[:40])
        self.assertEqual(self.run_cli(*self.words(*studies), "--resume", "--force").returncode, 2)
        done = self.ok(*self.words(*studies), "--resume")
        self.assertIn("already complete", done.stderr)
        self.assertEqual(done.stdout.split(), [str(self.out / n) for n in "abc"])
        self.assertEqual([r["status"] for r in self.summary()], ["skipped", "complete", "complete"])
        self.assertEqual(self.summary()[0]["levels"], self.summary()[1]["levels"])
        self.assertEqual((self.out / "a" / "run.json").stat().st_mtime_ns, stamp)
        self.assertEqual(json.loads(run.read_text())["schema"], "spondyl.run/1")
        self.nothing_left(self.out)
        # Without either flag an existing result is no success.
        self.assertEqual(self.run_cli(*self.words(*studies)).returncode, 6)

    def test_jobs_at_a_time_give_the_same_as_one_after_the_other_and_clashing_names_keep_their_order(self):
        inputs = [self.study("x/case.nii.gz"), self.folder / "absent.nii.gz", self.study("y/case.nii.gz"),
                  self.study("z/other.nii.gz")]
        self.assertEqual(self.run_cli(*self.words(*inputs)).returncode, 4)
        one = self.summary()
        self.assertEqual([r["folder"] for r in one], ["case", "", "case-2", "other"])
        alone = {f: (self.out / f / "levels.json").read_text() for f in ("case", "case-2", "other")}
        self.assertEqual(self.run_cli(*self.words(*inputs), "--jobs", "3", "--force").returncode, 4)
        several = self.summary()
        for a, b in zip(one, several):
            self.assertEqual({k: v for k, v in a.items() if k != "seconds"}, {k: v for k, v in b.items() if k != "seconds"})
        for name, text in alone.items():
            self.assertEqual((self.out / name / "levels.json").read_text(), text)

    def test_a_stop_in_the_middle_keeps_what_is_complete_and_resume_does_the_rest(self):
        studies = [self.study(f"{n}.nii.gz") for n in range(6)]
        words = [CLI, *map(str, self.words(*studies)), "--jobs", "2"]
        environment = dict(os.environ, XDG_DATA_HOME=str(self.folder / "data"), SPONDYL_RUNTIME_DIR=str(self.folder / "run"))
        running = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
        running.stdout.readline()  # the first one is complete
        began = time.monotonic()
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=60)
        self.assertEqual(running.returncode, 130)
        self.assertLess(time.monotonic() - began, 30)
        self.nothing_left(self.out)
        complete = [p.parent.name for p in self.out.glob("*/run.json")]
        self.assertTrue(0 < len(complete) < 6, complete)
        self.ok(*self.words(*studies), "--resume")
        statuses = [r["status"] for r in self.summary()]
        self.assertEqual(statuses.count("skipped"), len(complete))
        self.assertEqual(statuses.count("complete"), 6 - len(complete))
