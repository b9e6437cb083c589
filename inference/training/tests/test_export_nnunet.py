"""What export_nnunet.py reads from nnU-Net's files, and what it refuses; no nnU-Net needed."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import export_nnunet as e  # noqa: E402

RESAMPLING = {f"resampling_fn_{what}": e.RESAMPLING for what in ("data", "probabilities")}


def configuration(order=3, **changes):
    kwargs = {"order_z": 0, "force_separate_z": None}
    return {"normalization_schemes": ["CTNormalization"], "use_mask_for_norm": [False], **RESAMPLING,
            "resampling_fn_data_kwargs": {**kwargs, "order": order},
            "resampling_fn_probabilities_kwargs": {**kwargs, "order": 1}, **changes}


PLANS = {"foreground_intensity_properties_per_channel": {
    "0": {"mean": 200.0, "std": 150.0, "percentile_00_5": -100.0, "percentile_99_5": 900.0}}}


class ExportNnunet(unittest.TestCase):
    def refused(self, saying, call, *words):
        with self.assertRaises(e.Refused) as caught:
            call(*words)
        self.assertIn(saying, str(caught.exception))

    def test_label_names_are_found_in_our_table(self):
        labels = {"background": 0, "vertebrae_L5": 1, "T12": 2, "Sacrum": 3, "vertebrae_S1": 4, "disc L4-L5": 5,
                  "cord": 6, "aorta": 7, "ignore": 8}
        numbers, names = e.numbers_of(labels, "codes", {})
        self.assertEqual(numbers, [0, 24, 19, 26, 26, 123, 60, -1])
        self.assertEqual(names[7], "aorta")
        self.assertEqual(e.numbers_of(labels, "codes", {"aorta": 0})[0][7], 0)
        self.assertEqual(e.numbers_of(labels, "totalspineseg", {})[0], list(range(8)))
        self.refused("no label of dataset.json", e.numbers_of, {"background": 0, "liver": 1}, "codes", {})
        self.refused("labels are not 0 to 1", e.numbers_of, {"background": 0, "L1": 2}, "codes", {})

    def test_axes_follow_reader_orientation_and_transposition(self):
        self.assertEqual(e.axes_of("SimpleITKIO", "LAS", [0, 1, 2]), ["S", "A", "L"])
        self.assertEqual(e.axes_of("SimpleITKIO", "LAS", [2, 0, 1]), ["L", "S", "A"])
        self.assertEqual(e.axes_of("NibabelIOWithReorient", None, [0, 1, 2]), ["S", "A", "R"])
        self.assertEqual(e.axes_of("SimpleITKIO", "acquired", [0, 1, 2]), ["k", "j", "i"])
        self.refused("Say how the training images lay", e.axes_of, "SimpleITKIO", None, [0, 1, 2])
        self.refused("three letters", e.axes_of, "SimpleITKIO", "LRS", [0, 1, 2])

    def test_normalisation_is_the_plans_own(self):
        self.assertEqual(e.normalisation_of(configuration(), PLANS, "CT"),
                         {"clip_hu": [-100.0, 900.0], "subtract": 200.0, "divide": 150.0})
        z = configuration(normalization_schemes=["ZScoreNormalization"])
        self.assertEqual(e.normalisation_of(z, PLANS, "MR"), {"z_score": True})
        self.refused("not CT", e.normalisation_of, configuration(), PLANS, "MR")
        two = configuration(normalization_schemes=["ZScoreNormalization"] * 2)
        self.refused("takes 2 images", e.normalisation_of, two, PLANS, "MR")
        self.refused("mask", e.normalisation_of, configuration(use_mask_for_norm=[True]), PLANS, "CT")
        other = configuration(normalization_schemes=["RGBTo01Normalization"])
        self.refused("RGBTo01Normalization", e.normalisation_of, other, PLANS, "CT")

    def test_only_the_usual_resampling_is_taken(self):
        e.check_resampling(configuration())
        self.refused("resampling_fn_data", e.check_resampling, configuration(order=1))
        other = configuration(resampling_fn_probabilities="resample_torch_fornnunet")
        self.refused("resampling_fn_probabilities", e.check_resampling, other)


if __name__ == "__main__":
    unittest.main()
