"""Every JSON document that the command line writes is as its schema in docs/schemas says."""
import json
import os
import pathlib
import subprocess

from bad_input import ct_slice
from support import CliTest

CHECK = os.environ.get("SPONDYL_SCHEMA_CHECK", "build/ci/tests/spondyl-schema-check")
SCHEMAS = pathlib.Path(__file__).resolve().parents[2] / "docs" / "schemas"


class Schemas(CliTest):
    def check(self, *files):
        done = subprocess.run([CHECK, SCHEMAS, *files], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout[-3000:])

    def printed(self, name, *words):
        """What a command prints, as a file."""
        path = self.folder / name
        path.write_text(self.ok(*words).stdout)
        return path

    def test_of_a_study_from_phantom_to_report(self):
        phantom = self.folder / "phantom"
        self.ok("phantom", "--out", phantom, "--seed", "12", "--spacing", "2.5", "--levels", "T12-S1", "--fracture", "L2:wedge:40",
                "--slip", "L4:20", "--scoliosis", "15")
        out = self.folder / "result"
        self.ok("analyze", phantom / "dicom", "--labels", phantom / "labels.nii.gz", "--out", out)
        result = next(p for p in out.iterdir() if p.is_dir())
        case = result / "case.spondyl"
        for name, more in (("plain.json", []), ("proposed.json", ["--include", "proposed"])):
            self.ok("report", case, "--out", self.folder / name, *more)
        self.ok("measure", case, "--out", self.folder / "measured")
        files = [*result.glob("*.json"), *(self.folder / "measured").glob("*.json"), phantom / "truth.json",
                 self.folder / "plain.json", self.folder / "proposed.json"]
        names = {json.loads(f.read_text())["schema"] for f in files}
        self.assertEqual(names, {f"spondyl.{n}/1" for n in (
            "landmarks", "findings", "measurements", "levels", "run", "report", "phantom-truth")})
        self.check(*files)
        stages = [s["name"] for s in json.loads((result / "run.json").read_text())["stages"]]
        self.assertEqual(stages[0], "read")
        self.check(self.printed("info.json", "info", "--json", phantom / "dicom"),
                   self.printed("case.json", "info", "--json", case),
                   self.printed("nifti.json", "info", "--json", phantom / "labels.nii.gz"))

    def test_of_an_input_with_refused_files_and_a_stack_that_is_no_volume(self):
        self.ok("phantom", "--out", self.folder / "p", "--spacing", "6", "--levels", "L3-L5")
        dicom = self.folder / "p" / "dicom"
        (dicom / "letter.dcm").write_text("not an image")
        lone = self.folder / "lone"
        lone.mkdir()
        sorted(p for p in dicom.iterdir() if p.name != "letter.dcm")[0].rename(lone / "one.dcm")
        self.check(self.printed("a.json", "info", "--json", dicom), self.printed("b.json", "info", "--json", lone))

    def test_of_the_devices(self):
        devices = self.printed("devices.json", "devices", "--json")
        self.check(devices)
        last = json.loads(devices.read_text())["devices"][-1]
        self.assertEqual((last["device"], last["usable"]), ("cpu", True))

    def analysed(self, study):
        out = self.folder / f"result-{study.name}"
        self.ok("analyze", study, "--out", out)
        return next(p for p in out.iterdir() if p.is_dir())

    def test_of_a_study_that_the_networks_analysed(self):
        self.ok("phantom", "--out", self.folder / "p", "--spacing", "3", "--levels", "T12-S1")
        result = self.analysed(self.folder / "p" / "dicom")
        self.assertTrue(json.loads((result / "levels.json").read_text())["levels"])
        self.check(*result.glob("*.json"))

    def test_of_a_study_in_which_no_spine_was_found(self):
        block = self.folder / "block"
        block.mkdir()
        for z in range(12):  # water, nothing else
            (block / f"{z}.dcm").write_bytes(ct_slice(z))
        result = self.analysed(block)
        self.assertEqual(json.loads((result / "levels.json").read_text())["levels"], [])
        self.check(*result.glob("*.json"))

    def test_of_a_validation(self):
        truth = self.folder / "truth"
        self.ok("phantom", "--out", truth, "--spacing", "4", "--levels", "L3-L5")
        self.ok("analyze", truth / "dicom", "--labels", truth / "labels.nii.gz", "--out", self.folder / "out")
        self.ok("validate", "--truth", truth, "--out", self.folder / "out")
        self.check(self.folder / "out" / "validation.json")

    def test_of_the_models(self):
        self.check(self.printed("list.json", "models", "list", "--json"), self.printed("check.json", "models", "check", "--json"))

    def test_the_checker_finds_what_is_wrong(self):
        good = self.ok("models", "list", "--json").stdout
        for name, text in (("type", good.replace('"schema": "spondyl.models/1"', '"schema": "spondyl.models/2"')),
                           ("lacks", good.replace('"folder"', '"folders"')), ("not json", good[:-10])):
            path = self.folder / "bad.json"
            path.write_text(text)
            done = subprocess.run([CHECK, SCHEMAS, path], capture_output=True, text=True)
            self.assertEqual(done.returncode, 1, name)
