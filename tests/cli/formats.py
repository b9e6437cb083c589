"""convert and info on every format that is read and written."""
import json
import pathlib
import struct
import zlib

from support import CliTest, data_folder, needs_data


def nrrd(path):
    """(fields, bytes) of a NRRD that convert wrote."""
    head, _, data = pathlib.Path(path).read_bytes().partition(b"\n\n")
    fields = dict(line.split(": ", 1) for line in head.decode().splitlines()[1:] if not line.startswith("#"))
    return fields, zlib.decompress(data, 31)


class Formats(CliTest):
    def phantom(self):
        out = self.folder / "phantom"
        self.ok("phantom", "--out", out, "--seed", "3", "--spacing", "4", "--levels", "L3-L5")
        return out

    def info(self, path):
        return json.loads(self.ok("info", "--json", path).stdout)

    def stack(self, path):
        return self.info(path)["studies"][0]["series"][0]["stacks"][0]

    def test_a_series_goes_through_nrrd_and_nifti_and_dicom_and_comes_back_as_it_was(self):
        phantom = self.phantom()
        paths = [phantom / "dicom"]
        for name in ("a.nrrd", "b.nii.gz", "c", "d.nrrd"):
            self.ok("convert", paths[-1], "--out", self.folder / name)
            paths.append(self.folder / name)
        first, last = nrrd(self.folder / "a.nrrd"), nrrd(self.folder / "d.nrrd")
        self.assertEqual(first[1], last[1])
        self.assertEqual(first[0]["type"], "int16")
        stacks = [self.stack(p) for p in paths]
        for stack in stacks[1:]:
            self.assertEqual(stack["size"], stacks[0]["size"])
            for a, b in zip(sum(stack["step_lps_mm"], stack["origin_lps_mm"]), sum(stacks[0]["step_lps_mm"], stacks[0]["origin_lps_mm"])):
                self.assertAlmostEqual(a, b, delta=1e-3)
        self.assertEqual(stacks[1], dict(stacks[0], **{k: stacks[1][k] for k in ("slices", "slice_thickness_mm", "warnings", "refused")}))

    def test_labels_of_a_case_and_of_a_file_go_to_nrrd_and_can_be_used_again(self):
        phantom = self.phantom()
        self.ok("convert", phantom / "labels.nii.gz", "--out", self.folder / "labels.nrrd", "--orientation", "RAS")
        self.ok("analyze", phantom / "dicom", "--labels", self.folder / "labels.nrrd", "--out", self.folder / "out")
        case = next((self.folder / "out").glob("*/case.spondyl"))
        self.ok("convert", case, "--labels", "--out", self.folder / "again.nrrd", "--orientation", "RAS")
        fields, data = nrrd(self.folder / "again.nrrd")
        self.assertEqual(fields["type"], "uint16")
        kept = {data[n] + 256 * data[n + 1] for n in range(0, len(data), 2)}
        self.assertLessEqual({22, 23, 24}, kept)
        self.refused(2, "convert", case, "--labels", "--out", self.folder / "seg", saying="export")

    def test_another_orientation_moves_no_corner(self):
        phantom = self.phantom()
        corners = []
        for order in ("acquired", "LPS", "RAS"):
            self.ok("convert", phantom / "dicom", "--out", self.folder / f"{order}.nrrd", "--orientation", order)
            s = self.stack(self.folder / f"{order}.nrrd")
            corners.append({tuple(round(s["origin_lps_mm"][a] + sum(s["step_lps_mm"][n][a] * (s["size"][n] - 1) * (c >> n & 1)
                                        for n in range(3)), 3) for a in range(3)) for c in range(8)})
        self.assertEqual(corners[0], corners[1])
        self.assertEqual(corners[0], corners[2])
        self.assertGreater(self.stack(self.folder / "RAS.nrrd")["step_lps_mm"][2][2], 0)
        self.assertLess(self.stack(self.folder / "RAS.nrrd")["step_lps_mm"][0][0], 0)

    def test_a_png_is_a_radiograph_without_mm_and_never_a_volume(self):
        def chunk(kind, data):
            return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        picture = self.folder / "spine.png"
        rows = b"".join(b"\0" + bytes(range(y, y + 12)) for y in range(9))
        picture.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 12, 9, 8, 0, 0, 0, 0)) +
                            chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
        stack = self.stack(picture)
        self.assertEqual(stack["size"], [12, 9, 1])
        self.assertEqual(stack["radiograph"]["calibration"], "None")
        self.assertIsNone(stack["radiograph"]["spacing_mm"])
        self.assertNotIn("spacing_mm", stack)
        table = self.ok("info", picture).stdout
        self.assertIn("12 × 9 px", table)
        self.assertNotIn("mm", table)
        for words in (("convert", picture, "--out", self.folder / "a.nii.gz"), ("analyze", picture, "--out", self.folder / "o")):
            self.refused(3, *words, saying="radiograph")

    @needs_data
    def test_a_nrrd_of_another_program_is_read_where_it_lies(self):
        file = data_folder() / "dicom_loader" / "seg_sr_rt" / "dcmqi_ct_3slice" / "spine_seg.nrrd"
        stack = self.stack(file)
        self.assertEqual(stack["size"], [512, 512, 3])
        self.assertAlmostEqual(stack["origin_lps_mm"][2], -128.69)

    def test_a_header_that_points_elsewhere_is_refused_by_name(self):
        head = self.folder / "in" / "h.nhdr"
        head.parent.mkdir()
        head.write_text("NRRD0004\ntype: short\ndimension: 3\nspace: LPS\nsizes: 2 2 2\nspace directions: (1,0,0) (0,1,0) (0,0,1)\n"
                        "space origin: (0,0,0)\nendian: little\nencoding: raw\ndata file: ../secret.raw\n")
        (self.folder / "secret.raw").write_bytes(b"\0" * 16)
        self.refused(3, "info", head, saying="secret.raw")
