"""Words, help and exit codes of the command line (docs/CLI.md)."""
from support import CliTest

COMMANDS = ["info", "convert", "snapshot", "phantom", "analyze", "measure", "report", "export", "validate", "models"]


class Words(CliTest):
    def test_every_command_has_help_with_an_example(self):
        for command in COMMANDS:
            text = self.ok(command, "--help").stdout
            self.assertIn(f"Example: spondyl-cli {command}", text)

    def test_version_is_printed(self):
        self.assertRegex(self.ok("--version").stdout, r"^spondyl-cli \d+\.\d+\.\d+")

    def test_a_misspelt_command_is_refused_with_the_nearest_one(self):
        self.refused(2, "anlyze", "x", "--out", "y", saying="spondyl-cli analyze")

    def test_a_misspelt_option_is_refused_with_the_nearest_one(self):
        self.refused(2, "analyze", "x", "--ouput", "y", saying="--out")

    def test_no_command_lists_the_commands(self):
        self.refused(2, saying="info, convert")

    def test_a_missing_required_option_is_refused(self):
        self.refused(2, "report", "case.spondyl", saying="--out")

    def test_options_of_the_contract_that_are_not_there_yet_say_so(self):
        self.refused(2, "export", "case.spondyl", "--out", "x", "--rtstruct", saying="not yet")
        self.refused(2, "deidentify", "x", "--out", "y", saying="not yet")

    def test_phantom_words_that_are_not_understood_name_the_right_form(self):
        for words in (["--levels", "X1-Q2"], ["--fracture", "L1:squashed:20"], ["--slip", "L4"], ["--anatomy", "l9"]):
            self.refused(2, "phantom", "--out", self.folder / "p", *words, saying="For example")

    def test_a_missing_file_is_refused_by_name(self):
        self.refused(3, "info", self.folder / "absent.nii.gz", saying="absent.nii.gz")
