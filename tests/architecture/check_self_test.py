#!/usr/bin/env python3
"""The architecture check fails when it must: each breach is built in a small tree and has to be found."""
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import check  # noqa: E402


class ArchitectureCheck(unittest.TestCase):
    def problems(self, files):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for name, text in files.items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text)
            (root / "viewer").mkdir(exist_ok=True)
            return check.check(root)

    def test_a_clean_tree_has_no_breach(self):
        self.assertEqual(self.problems({"core/case/a.h": '#pragma once\n#include "core/image/volume.h"\n'}), [])

    def test_core_must_not_include_upwards(self):
        self.assertTrue(self.problems({"core/image/a.cpp": '#include "core/case/case.h"\n'}))

    def test_core_must_not_include_qt_or_vtk_or_torch(self):
        for header in ("QString", "vtkActor.h", "torch/script.h"):
            self.assertTrue(self.problems({"core/image/a.cpp": f"#include <{header}>\n"}), header)

    def test_third_party_headers_stay_out_of_our_headers(self):
        self.assertTrue(self.problems({"core/dicom/a.h": "#pragma once\n#include <dcmtk/dcmdata/dctk.h>\n"}))

    def test_a_long_file_is_found(self):
        self.assertTrue(self.problems({"core/base/a.cpp": "\n" * 401}))

    def test_a_wrong_name_is_found(self):
        self.assertTrue(self.problems({"core/base/BadName.cpp": "\n"}))

    def test_a_test_name_that_cmake_would_split_is_found(self):
        self.assertTrue(self.problems({"tests/core/a.cpp": 'TEST_CASE("one thing, "\n  "two; three") {}\n'}))
        self.assertEqual(self.problems({"tests/core/a.cpp": 'TEST_CASE("one thing") { f(); }\n'}), [])


if __name__ == "__main__":
    unittest.main()
