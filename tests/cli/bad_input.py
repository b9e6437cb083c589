"""Bad input ends in one clear sentence, soon, in bounded memory, and leaves nothing half-written."""
import struct
import zlib

from support import CliTest


def element(group, number, vr, value):
    """One explicit little-endian data element."""
    head = struct.pack("<HH2s", group, number, vr)
    if vr in (b"OB", b"OW", b"SQ", b"UN", b"UT"):
        return head + struct.pack("<HI", 0, len(value)) + value
    return head + struct.pack("<H", len(value)) + value


def even(text):
    data = text.encode()
    return data + (b"" if len(data) % 2 == 0 else b" ")


def uid(text):
    data = text.encode()
    return data + (b"" if len(data) % 2 == 0 else b"\0")


def meta(transfer_syntax):
    body = (element(2, 1, b"OB", b"\0\1") + element(2, 2, b"UI", uid("1.2.840.10008.5.1.4.1.1.2")) +
            element(2, 3, b"UI", uid("1.2.3.4")) + element(2, 0x10, b"UI", uid(transfer_syntax)))
    return b"\0" * 128 + b"DICM" + element(2, 0, b"UL", struct.pack("<I", len(body))) + body


EXPLICIT = "1.2.840.10008.1.2.1"
DEFLATED = "1.2.840.10008.1.2.1.99"


def ct_slice(z, rows=16, pixels=None, patient="A", position=True):
    out = meta(EXPLICIT)
    out += element(8, 0x16, b"UI", uid("1.2.840.10008.5.1.4.1.1.2")) + element(8, 0x18, b"UI", uid(f"1.2.3.4.{patient}.{z}".replace("A", "1").replace("B", "2")))
    out += element(8, 0x60, b"CS", even("CT")) + element(0x10, 0x10, b"PN", even(patient)) + element(0x10, 0x20, b"LO", even(patient))
    out += element(0x20, 0x0D, b"UI", uid(f"1.2.3.{ord(patient)}")) + element(0x20, 0x0E, b"UI", uid(f"1.2.3.{ord(patient)}.5"))
    if position:
        out += element(0x20, 0x32, b"DS", even(f"0\\0\\{z}")) + element(0x20, 0x37, b"DS", even("1\\0\\0\\0\\1\\0"))
    out += element(0x20, 0x52, b"UI", uid("1.2.3.9"))
    for number, value in ((2, 1), (0x10, rows), (0x11, 16), (0x100, 16), (0x101, 16), (0x102, 15), (0x103, 1)):
        out += element(0x28, number, b"US", struct.pack("<H", value))
        if number == 2:
            out += element(0x28, 4, b"CS", even("MONOCHROME2"))
        if number == 0x11:
            out += element(0x28, 0x30, b"DS", even("1\\1"))
    return out + element(0x7FE0, 0x10, b"OW", pixels if pixels is not None else b"\0\0" * 16 * rows)


class BadInput(CliTest):
    def file(self, name, content):
        path = self.folder / "in" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        return path

    def refuse(self, path, saying=None):
        return self.refused(3, "analyze", path, "--out", self.folder / "out", saying=saying, timeout=60, memory_gib=16)

    def test_an_empty_folder(self):
        (self.folder / "in").mkdir()
        self.refuse(self.folder / "in", saying="no image")

    def test_text_named_dcm(self):
        self.refuse(self.file("a.dcm", b"This is a letter, not an image.\n" * 50))

    def test_an_empty_file(self):
        self.refuse(self.file("a.dcm", b""), saying="empty")

    def test_truncated_pixels(self):
        for z in range(3):
            self.file(f"{z}.dcm", ct_slice(z)[:-200])
        self.refuse(self.folder / "in")

    def test_a_header_that_promises_two_gigabytes(self):
        bomb = meta(EXPLICIT) + struct.pack("<HH2sHI", 0x7FE0, 0x10, b"OW", 0, 0x7FFFFFFE) + b"\0" * 64
        self.refuse(self.file("a.dcm", bomb))

    def test_twenty_thousand_nested_sequences(self):
        nest = meta(EXPLICIT)
        nest += (struct.pack("<HH2sHI", 8, 0x1140, b"SQ", 0, 0xFFFFFFFF) + struct.pack("<HHI", 0xFFFE, 0xE000, 0xFFFFFFFF)) * 20000
        self.refuse(self.file("a.dcm", nest))

    def test_a_deflate_bomb(self):
        squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
        body = b"".join(squeeze.compress(b"\0" * (1 << 20)) for _ in range(3000)) + squeeze.flush()
        self.refuse(self.file("a.dcm", meta(DEFLATED) + body))

    def test_no_geometry(self):
        for z in range(3):
            self.file(f"{z}.dcm", ct_slice(z, position=False))
        self.refuse(self.folder / "in")

    def test_one_slice(self):
        self.refuse(self.file("a.dcm", ct_slice(0)), saying="single slice")

    def test_two_patients_in_a_folder_are_said(self):
        for patient in "AB":
            for z in range(4):
                self.file(f"{patient}{z}.dcm", ct_slice(z, patient=patient))
        done = self.ok("info", self.folder / "in")
        self.assertIn("2 patients", done.stdout + done.stderr)

    def test_a_read_only_folder(self):
        target = self.folder / "locked"
        target.mkdir()
        self.ok("phantom", "--out", self.folder / "p", "--spacing", "6", "--levels", "L3-L5")
        # A file where a folder is needed cannot be written by anybody, root included.
        (target / "file").write_text("x")
        self.refused(3, "convert", self.folder / "p" / "dicom", "--out", target / "file" / "a.nii.gz", saying="cannot be written")

    def test_bad_files_beside_a_usable_series_are_warnings(self):
        self.ok("phantom", "--out", self.folder / "p", "--spacing", "6", "--levels", "L3-L5")
        (self.folder / "p" / "dicom" / "letter.dcm").write_text("not an image")
        self.ok("convert", self.folder / "p" / "dicom", "--out", self.folder / "a.nii.gz")
        self.nothing_left(self.folder)
