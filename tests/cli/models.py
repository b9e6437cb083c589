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
        self.mended(3, "models", "check", folder, saying="task", mending="Correct the named key")
        shutil.rmtree(folder)
        folder = self.copied()
        with open(folder / "model.pt", "r+b") as file:
            file.truncate(1000)
        self.mended(3, "models", "check", folder, saying="checksum", mending="Copy the whole folder again")
        self.mended(3, "models", "trust", folder, "--yes", saying="checksum", mending="Copy the whole folder again")
        self.assertFalse((self.folder / "config").exists())
        self.mended(3, "models", "check", self.folder / "nothing", saying="No model was found",
                    mending=str(self.folder / "data" / "spondyl" / "models"))
