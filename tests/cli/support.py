"""Runs spondyl-cli as a script would. The program's path comes from SPONDYL_CLI."""
import json
import os
import pathlib
import resource
import shutil
import subprocess
import tempfile
import unittest

CLI = os.environ.get("SPONDYL_CLI", "build/ci/bin/spondyl-cli")


class CliTest(unittest.TestCase):
    """Each test has a folder of its own, and settings and sockets in it."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="spondyl-cli-test-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def run_cli(self, *words, timeout=600, memory_gib=None, env=None):
        environment = dict(os.environ, QT_QPA_PLATFORM="offscreen", XDG_CONFIG_HOME=str(self.folder / "config"),
                           XDG_DATA_HOME=str(self.folder / "data"), XDG_STATE_HOME=str(self.folder / "state"),
                           SPONDYL_RUNTIME_DIR=str(self.folder / "run"), **(env or {}))
        environment.pop("DISPLAY", None)

        def limit():
            if memory_gib:
                size = int(memory_gib * 2**30)
                resource.setrlimit(resource.RLIMIT_AS, (size, size))

        return subprocess.run([CLI, *map(str, words)], capture_output=True, text=True, timeout=timeout,
                              env=environment, preexec_fn=limit, errors="replace")

    def ok(self, *words, **kw):
        done = self.run_cli(*words, **kw)
        self.assertEqual(done.returncode, 0, f"{words}: {done.stderr[-2000:]}")
        return done

    def refused(self, code, *words, saying=None, **kw):
        """The command ends with this code and one clear sentence; never a crash (negative code)."""
        done = self.run_cli(*words, **kw)
        self.assertEqual(done.returncode, code, f"{words}: {done.stderr[-2000:]}")
        lines = [line for line in done.stderr.splitlines() if line.startswith("spondyl-cli: ")]
        self.assertEqual(len(lines), 1, done.stderr[-2000:])
        if saying:
            self.assertIn(saying, lines[0])
        return lines[0]

    def json_file(self, path, schema):
        document = json.loads(pathlib.Path(path).read_text())
        self.assertEqual(next(iter(document)), "schema")
        self.assertEqual(document["schema"], schema)
        return document

    def nothing_left(self, folder):
        self.assertEqual([p for p in pathlib.Path(folder).rglob("*") if ".part" in p.name], [])


def data_folder():
    folder = os.environ.get("SPONDYL_TEST_DATA")
    return pathlib.Path(folder) if folder else None


needs_data = unittest.skipUnless(data_folder(), "SKIPPED: SPONDYL_TEST_DATA is not set")
