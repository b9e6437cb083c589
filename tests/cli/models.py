"""models list, check and trust: what is wrong with a package, how to mend it, and nothing trusted unasked."""
import hashlib
import json
import pathlib
import shutil

from support import CliTest

MODELS = pathlib.Path(__file__).resolve().parents[2] / "resources" / "models"


class Models(CliTest):
    def copied(self, change=None):
        """A copy of the shipped package in the user's folder; `change` edits its card."""
        folder = self.folder / "data" / "spondyl" / "models" / "mine"
        shutil.copytree(MODELS / "spine-ct", folder)
        card = json.loads((folder / "metadata.json").read_text())
        card["description"] = "another card, another hash"
        if change:
            change(card)
        (folder / "metadata.json").write_text(json.dumps(card))
        return folder

    def mended(self, code, *words, saying, mending):
        line = self.refused(code, *words, saying=saying)
        done = self.run_cli(*words)
        self.assertIn(mending, done.stderr)
        return line

    def test_the_shipped_package_is_good(self):
        rows = json.loads(self.ok("models", "check", "--json").stdout)["models"]
        self.assertEqual({row["state"] for row in rows}, {"good"})
        self.assertEqual({row["licence"] for row in rows if row["name"] == "spine-ct"}, {"Apache-2.0"})

    def test_a_copied_package_is_listed_and_runs_only_after_it_was_read_and_trusted(self):
        folder = self.copied()
        self.assertIn(str(folder), self.ok("models", "list").stdout)
        self.mended(3, "models", "check", saying="not on the list of trusted models",
                    mending=f"spondyl-cli models trust {folder}")
        shown = self.run_cli("models", "trust", folder)
        self.assertEqual(shown.returncode, 2)
        self.assertIn("licence       Apache-2.0", shown.stdout)
        self.assertIn("synthetic spines", shown.stdout)
        self.assertIn(hashlib.sha256((folder / "metadata.json").read_bytes()).hexdigest(), shown.stdout)
        self.assertFalse((self.folder / "config").exists())
        self.ok("models", "trust", folder, "--yes")
        self.ok("models", "check")
        self.assertIn("trusted already", self.ok("models", "trust", folder).stdout)

    def test_what_is_wrong_is_said_with_its_mending(self):
        folder = self.copied(lambda card: card.pop("task"))
        self.mended(3, "models", "check", folder, saying="it lacks task", mending='task: "spine-ct" or "spine-mr"')
        shutil.rmtree(folder)
        folder = self.copied(lambda card: card.update(schema="spondyl-model-2"))
        self.mended(3, "models", "check", folder, saying="its schema is spondyl-model-2, this version reads",
                    mending="It was made for a newer Spondyl")
        shutil.rmtree(folder)
        folder = self.copied(lambda card: card.update(spacing_mm="fine"))
        self.mended(3, "models", "check", folder, saying="spacing_mm has not the kind of value",
                    mending="Correct the named key")
        shutil.rmtree(folder)
        folder = self.copied()
        with open(folder / "model.pt", "r+b") as file:
            file.truncate(1000)
        self.mended(3, "models", "check", folder, saying="checksum", mending="Copy the whole folder again")
        self.mended(3, "models", "trust", folder, "--yes", saying="checksum", mending="Copy the whole folder again")
        self.assertFalse((self.folder / "config").exists())
        self.mended(3, "models", "check", self.folder / "nothing", saying="No model was found",
                    mending=str(self.folder / "data" / "spondyl" / "models"))

    def test_a_bundle_without_our_keys_hears_of_all_of_them_with_examples(self):
        bundle = self.folder / "bundle"
        (bundle / "configs").mkdir(parents=True)
        (bundle / "configs" / "metadata.json").write_text(json.dumps({
            "version": "0.1.0", "monai_version": "1.6.1", "name": "bundle", "task": "vertebrae",
            "network_data_format": {"inputs": {"image": {"modality": "CT"}}}}))
        self.mended(3, "models", "check", bundle,
                    saying="it lacks file, sha256, pipeline, spacing_mm, tensor.axes, tensor.patch, normalisation",
                    mending='outputs.labels.scheme: whose numbers follow: "codes"')

    def test_an_image_that_the_card_excludes_is_refused(self):
        folder = self.copied(lambda card: card.update(intended_input={"maximum_spacing_mm": 0.5}))
        self.ok("models", "trust", folder, "--yes")
        self.ok("phantom", "--out", self.folder / "phantom", "--spacing", "2", "--levels", "L3-L5")
        self.refused(3, "analyze", self.folder / "phantom" / "dicom", "--out", self.folder / "out", "--models", folder,
                     saying="it is made for 0 to 0.5 mm")
