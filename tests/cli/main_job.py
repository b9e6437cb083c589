"""The main job on a phantom, from outside: draw, look, label, measure, report, export, convert, picture."""
import json
import pathlib
import re
import struct
import zipfile

from support import CliTest


def png_size(path):
    data = pathlib.Path(path).read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    return struct.unpack(">II", data[16:24])


class MainJob(CliTest):
    def phantom(self, *more):
        out = self.folder / "phantom"
        self.ok("phantom", "--out", out, "--seed", "77", "--spacing", "2", "--levels", "T12-S1",
                "--fracture", "L2:wedge:30", "--slip", "L4:20", *more)
        return out

    def analyse_with_labels(self, phantom):
        out = self.folder / "result"
        self.ok("analyze", phantom / "dicom", "--labels", phantom / "labels.nii.gz", "--out", out)
        folders = [p for p in out.iterdir() if p.is_dir()]
        self.assertEqual(len(folders), 1)
        return folders[0]

    def test_from_phantom_to_report(self):
        phantom = self.phantom()
        truth = self.json_file(phantom / "truth.json", "spondyl.phantom-truth/1")
        info = json.loads(self.ok("info", "--json", phantom / "dicom").stdout)
        self.assertEqual(info["schema"], "spondyl.info/1")
        self.assertEqual(info["studies"][0]["series"][0]["modality"], "CT")

        result = self.analyse_with_labels(phantom)
        for name in ("case.spondyl", "labels.nii.gz", "parts.nii.gz", "landmarks.json", "findings.json",
                     "measurements.json", "measurements.csv", "levels.json", "run.json"):
            self.assertTrue((result / name).is_file(), name)
        levels = self.json_file(result / "levels.json", "spondyl.levels/1")
        self.assertEqual(levels["naming"], "assumed")
        self.assertEqual(levels["anchor"], "labels")
        names = [level["name"] for level in levels["levels"]]
        # Asked for T12 to S1: the neighbour above is in the field, too, cut by its edge.
        self.assertEqual(names, ["T11", "T12", "L1", "L2", "L3", "L4", "L5", "S1"])
        self.assertFalse(levels["levels"][0]["whole"])
        self.assertTrue(all(level["whole"] for level in levels["levels"][1:7]))
        self.assertTrue(all(level["confidence"] < 0.9 for level in levels["levels"]))

        measured = {(m["level"], m["id"]): m for m in self.json_file(
            result / "measurements.json", "spondyl.measurements/1")["measurements"]}
        loss = measured[("L2", "body.height.loss")]
        self.assertEqual(loss["status"], "unconfirmed")
        self.assertAlmostEqual(loss["value"], 30, delta=6)
        slip = measured[("L4", "slip.percent")]
        # 2 mm voxels: the corners cannot be found well enough, and a wrong slip is worse than none.
        self.assertIsNone(slip["value"])
        self.assertIn("too coarse", slip["reason"])
        self.assertIn("levels", truth)

        run = self.json_file(result / "run.json", "spondyl.run/1")
        self.assertIn("seconds", json.dumps(run))

        case = result / "case.spondyl"
        self.ok("report", case, "--out", self.folder / "report.json")
        nothing = self.json_file(self.folder / "report.json", "spondyl.report/1")
        self.assertIn("not for diagnostic use", json.dumps(nothing).lower())
        self.refused(6, "report", case, "--out", self.folder / "report.json", saying="--force")
        self.ok("report", case, "--out", self.folder / "report.json", "--include", "proposed", "--force")
        self.assertIn("not reviewed", (self.folder / "report.json").read_text().lower())
        self.ok("report", case, "--out", self.folder / "report.pdf", "--include", "proposed")
        self.assertEqual((self.folder / "report.pdf").read_bytes()[:5], b"%PDF-")

        self.refused(3, "export", case, "--out", self.folder / "dicom", "--seg", saying="--include proposed")
        self.ok("export", case, "--out", self.folder / "dicom", "--seg", "--include", "proposed")
        self.assertTrue((self.folder / "dicom" / "seg.dcm").is_file())

        self.ok("convert", case, "--labels", "--out", self.folder / "labels.nii.gz")
        self.ok("convert", phantom / "dicom", "--out", self.folder / "image.nii.gz", "--orientation", "RAS")
        for view in ("sagittal", "axial", "coronal", "3d", "grid", "levels", "cpr", "cpr-coronal"):
            picture = self.folder / f"{view}.png"
            self.ok("snapshot", case, "--out", picture, "--view", view, "--size", "320x240", "--labels", "on")
            self.assertEqual(png_size(picture), (320, 240))
        self.ok("snapshot", case, "--out", self.folder / "sheet.png", "--view", "levels", "--size", "801x397", "--window", "soft-tissue",
                "--slab", "6:mean", "--annotations", "anonymous", "--labels", "outline")
        self.assertEqual(png_size(self.folder / "sheet.png"), (801, 397))
        self.refused(3, "snapshot", phantom / "dicom", "--out", self.folder / "none.png", "--view", "levels", saying="no labelled vertebra")
        self.refused(3, "snapshot", case, "--out", self.folder / "none.png", "--overlay", "uncertainty", saying="analyze --uncertainty")
        self.ok("report", case, "--out", self.folder / "report.html", "--include", "proposed")
        page = (self.folder / "report.html").read_text()
        self.assertEqual(len(re.findall(r'<figure><img alt="[^"]+" src="data:image/png;base64,iVBORw0KGgo', page)), 4)
        self.assertNotRegex(page, r'src="(?!data:)')
        self.ok("measure", case, "--out", self.folder / "measured")
        again = self.json_file(self.folder / "measured" / "measurements.json", "spondyl.measurements/1")
        self.assertEqual(len(again["measurements"]), len(measured))
        self.nothing_left(self.folder)

    def test_a_result_is_only_replaced_with_force_and_beside_it_nothing_changes(self):
        phantom = self.phantom()
        result = self.analyse_with_labels(phantom)
        beside = result.parent / "mine.txt"
        beside.write_text("keep")
        words = ("analyze", phantom / "dicom", "--labels", phantom / "labels.nii.gz", "--out", result.parent)
        self.refused(6, *words)
        self.ok(*words, "--force")
        self.assertEqual(beside.read_text(), "keep")

    def test_a_zip_gives_the_same_as_its_folder(self):
        phantom = self.phantom()
        packed = self.folder / "study.zip"
        with zipfile.ZipFile(packed, "w") as archive:
            for file in sorted((phantom / "dicom").iterdir()):
                archive.write(file, file.name)
        folder_info = json.loads(self.ok("info", "--json", phantom / "dicom").stdout)
        zip_info = json.loads(self.ok("info", "--json", packed).stdout)
        self.assertEqual(folder_info["studies"], zip_info["studies"])
