"""validate: predictions against references; its figures against an independent program (numpy, scipy)."""
import csv
import shutil
import unittest

from support import CliTest

try:
    import nibabel
    import numpy as np
    from scipy.ndimage import binary_erosion
    from scipy.spatial import cKDTree
except ImportError:
    nibabel = None


class Validate(CliTest):
    def phantom(self, name="p", seed=5):
        out = self.folder / "truth" / name
        self.ok("phantom", "--out", out, "--seed", seed, "--spacing", "3", "--levels", "L2-S1")
        return out

    def validated(self, *words, code=0):
        out = self.folder / "validation"
        done = self.run_cli("validate", *words, "--out", out)
        self.assertEqual(done.returncode, code, done.stderr[-2000:])
        return self.json_file(out / "validation.json", "spondyl.validation/1"), done

    def figure(self, document, name):
        return next(f for f in document["summary"] if f["id"] == name)

    def test_a_result_of_analyze_is_found_by_its_study_and_agrees_with_its_own_labels(self):
        truths = [self.phantom("one", 5), self.phantom("two", 6)]
        for truth in truths:
            self.ok("analyze", truth / "dicom", "--labels", truth / "labels.nii.gz", "--out", self.folder / "results")
        document, done = self.validated(self.folder / "results", "--truth", self.folder / "truth")
        self.assertEqual([c["name"] for c in document["cases"]], ["one", "two"])
        self.assertEqual((document["failed"], document["unused_predictions"]), ([], []))
        for name in ("dice.vertebra", "dice.union"):
            self.assertEqual(self.figure(document, name)["value"], 1, name)
        # Labels that came without parts: nothing is said about bodies.
        self.assertNotIn("dice.body", [f["id"] for f in document["summary"]])
        self.assertEqual(self.figure(document, "name.right")["value"], 100)
        self.assertEqual(self.figure(document, "surface.hd95")["value"], 0)
        self.assertEqual(self.figure(document, "invented.vertebra")["value"], 0)
        self.assertIn("dice.vertebra", done.stdout)
        with open(self.folder / "validation" / "validation.csv", newline="") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual({r["case"] for r in rows}, {"one", "two"})
        self.assertIn("| one |", (self.folder / "validation" / "validation.md").read_text())
        self.refused(6, "validate", self.folder / "results", "--truth", self.folder / "truth", "--out", self.folder / "validation")

    def test_a_reference_without_a_prediction_is_said_and_the_others_are_compared(self):
        truths = [self.phantom("one", 5), self.phantom("two", 6)]
        results = self.folder / "results"
        results.mkdir()
        shutil.copy(truths[0] / "labels.nii.gz", results / "one_pred.nii.gz")
        shutil.copy(truths[0] / "labels.nii.gz", results / "extra.nii.gz")
        document, done = self.validated(results, "--truth", self.folder / "truth", code=4)
        self.assertEqual([c["name"] for c in document["cases"]], ["one"])
        self.assertEqual([f["name"] for f in document["failed"]], ["two"])
        self.assertEqual(document["unused_predictions"], ["extra"])
        self.assertIn("1 of 2 references were not compared", done.stderr)
        self.assertIsNone(self.figure(document, "dice.union")["low"])

    def test_masks_beside_images_are_the_references_and_results_may_lie_in_out(self):
        truth = self.phantom()
        masks = self.folder / "masks"
        masks.mkdir()
        shutil.copy(truth / "labels.nii.gz", masks / "c1_seg.nii.gz")
        self.ok("convert", truth / "dicom", "--out", masks / "c1_img.nii.gz")
        out = self.folder / "validation"
        (out / "c1").mkdir(parents=True)
        shutil.copy(truth / "labels.nii.gz", out / "c1" / "labels.nii.gz")
        document, _ = self.validated("--truth", masks)
        self.assertEqual([c["name"] for c in document["cases"]], ["c1_seg"])
        self.assertEqual(document["failed"], [])

    def test_bodies_alone_are_compared_with_the_bodies_of_the_prediction(self):
        truth = self.phantom()
        results = self.folder / "results"
        results.mkdir()
        for name in ("labels.nii.gz", "parts.nii.gz"):
            shutil.copy(truth / name, results / name)
        document, _ = self.validated(results, "--truth", truth)
        self.assertEqual(self.figure(document, "dice.body")["value"], 1)
        document, _ = self.validated(results, "--truth", truth, "--truth-part", "body", "--force")
        # The phantom's labels are whole vertebrae: a body alone cannot fill them.
        self.assertLess(self.figure(document, "dice.vertebra")["value"], 0.9)
        self.assertTrue(document["bodies_only"])

    def test_what_holds_no_label_map_is_refused_by_name(self):
        empty = self.folder / "empty"
        empty.mkdir()
        self.refused(3, "validate", empty, "--truth", empty, "--out", self.folder / "v", saying="nothing to compare")
        self.refused(3, "validate", empty, "--truth", self.folder / "absent", "--out", self.folder / "v", saying="absent")
        self.refused(2, "validate", empty, "--out", self.folder / "v", saying="--truth")

    @unittest.skipUnless(nibabel, "SKIPPED: numpy, scipy and nibabel are not there")
    def test_every_figure_is_what_numpy_and_scipy_say(self):
        random = np.random.default_rng(4)
        (self.folder / "truth").mkdir()
        (self.folder / "pred").mkdir()
        affine = np.array([[-0.8, 0.1, 0, 40], [0.1, -0.9, 0.2, 30], [0, 0.2, 2.5, -70], [0, 0, 0, 1]])
        wanted, shares = {}, []
        for case in range(5):
            truth, predicted = (np.zeros((40, 36, 30), np.uint16) for _ in range(2))
            grid = np.stack(np.meshgrid(*[np.arange(n) for n in truth.shape], indexing="ij"), -1)
            for n, label in enumerate((22, 23, 24)):
                centre = np.array([20, 18, 24 - 9 * n])
                for labels, off in ((truth, 0), (predicted, random.normal(0, 1, 3))):
                    radius = 1 + random.uniform(-0.1, 0.1)
                    inside = (((grid - centre - off) / (np.array([9, 8, 4]) * radius)) ** 2).sum(-1) < 1
                    labels[inside & (labels == 0)] = label
            name = f"case{case}"
            for folder, labels in (("truth", truth), ("pred", predicted)):
                nibabel.save(nibabel.Nifti1Image(labels, affine), self.folder / folder / f"{name}.nii.gz")
            sums = [0, 0]
            for label in (22, 23, 24):
                a, b = truth == label, predicted == label
                dice = 2 * (a & b).sum() / (a.sum() + b.sum())

                def surface(mask):
                    return np.argwhere(mask & ~binary_erosion(mask)) @ affine[:3, :3].T + affine[:3, 3]

                there, back = cKDTree(surface(b)).query(surface(a))[0], cKDTree(surface(a)).query(surface(b))[0]
                centre = np.linalg.norm(affine[:3, :3] @ (np.argwhere(a).mean(0) - np.argwhere(b).mean(0)))
                wanted[name, label] = (dice, centre, np.concatenate([there, back]).mean(),
                                       max(np.quantile(there, 0.95), np.quantile(back, 0.95)))
                sums[0] += dice
                sums[1] += 1
            shares.append(sums)
        document, _ = self.validated(self.folder / "pred", "--truth", self.folder / "truth", "--seed", "7")
        for case in document["cases"]:
            for s in case["structures"]:
                mine = (s["dice"], s["centroid_mm"], s["mean_surface_mm"], s["hd95_mm"])
                np.testing.assert_allclose(mine, wanted[case["name"], s["label"]], rtol=1e-4, atol=2e-4)
        figure = self.figure(document, "dice.vertebra")
        values = []
        draw = split_mix_64(7)
        for _ in range(2000):
            drawn = [shares[next(draw) % len(shares)] for _ in shares]
            values.append(sum(d[0] for d in drawn) / sum(d[1] for d in drawn))
        np.testing.assert_allclose((figure["low"], figure["high"]), np.quantile(values, (0.025, 0.975)), atol=2e-6)


def split_mix_64(state):
    mask = (1 << 64) - 1
    while True:
        state = (state + 0x9E3779B97F4A7C15) & mask
        z = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & mask
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
        yield z ^ (z >> 31)
