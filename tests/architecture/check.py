#!/usr/bin/env python3
"""Who may include whom, how long a file may be, how files are called. Prints every breach; exit 1 if there is one."""
import pathlib
import re
import sys

SMALL = {"core/base", "core/geometry", "core/image", "core/anatomy"}
CORE = SMALL | {"core/" + n for n in ("study", "dicom", "formats", "case", "edit", "measure", "report", "store", "phantom", "validate")}
VIEWER = {"viewer/" + n for n in ("state", "slice", "scene", "tools", "capture")}

# room -> rooms it may include (itself always)
MAY = {
    "core/base": set(),
    "core/geometry": {"core/base"},
    "core/image": {"core/base", "core/geometry"},
    "core/anatomy": {"core/base", "core/geometry"},
    "core/phantom": SMALL,
    "core/study": SMALL,
    "core/dicom": SMALL | {"core/study"},
    "core/formats": SMALL | {"core/study", "core/dicom"},
    "core/case": SMALL | {"core/study"},
    "core/edit": SMALL | {"core/study", "core/case"},
    "core/measure": SMALL | {"core/study", "core/case"},
    "core/report": SMALL | {"core/study", "core/case", "core/measure"},
    "core/validate": SMALL | {"core/study", "core/report"},
    "core/store": SMALL | {"core/study", "core/case", "core/edit"},
    "inference/protocol": SMALL,
    "inference/client": CORE | {"inference/protocol"},
    "inference/engine": SMALL,
    "inference/pipelines": SMALL | {"inference/engine", "inference/protocol"},
    "inference/worker": SMALL | {"inference/engine", "inference/pipelines", "inference/protocol"},
    "inference/training": SMALL | {"core/phantom"},
    "viewer/state": CORE,
    "viewer/tools": CORE | {"viewer/state"},
    "viewer/slice": CORE | {"viewer/state", "viewer/tools"},
    "viewer/scene": CORE | {"viewer/state", "viewer/slice"},  # the same corner texts, letters and halos
    "viewer/capture": CORE | VIEWER,
    "app": CORE | VIEWER | {"app", "inference/client", "inference/protocol"},
    "tests": None,  # tests may include everything
}

# third-party header pattern -> rooms where it may appear ("" = anywhere), and whether headers may include it
THIRD = [
    (r"^(dcmtk/)", {"core/dicom"}, False),
    (r"^(nlohmann/json_fwd)", CORE | {"inference/protocol", "inference/client", "inference/engine", "inference/worker", "app"}, True),
    (r"^(nlohmann/)", CORE | {"inference/protocol", "inference/client", "inference/engine", "inference/worker", "app"}, False),
    (r"^(sqlite3)", {"core/store"}, False),
    (r"^(zstd)", {"core/store"}, False),
    (r"^(Eigen/)", CORE, False),
    (r"^(openjpeg|opj_)", {"core/dicom"}, False),
    (r"^(nifti)", {"core/formats"}, False),
    (r"^(zip\.h)", {"core/formats"}, False),
    (r"^(png\.h|jpeglib\.h)", {"core/formats"}, False),
    (r"^(torch/|ATen/|c10/)", {"inference/engine"}, False),
    (r"^(vtk)", {"viewer/scene"}, False),
    (r"^(EGL/)", {"viewer/scene"}, False),
    (r"^(CLI/)", {"app"}, False),
    (r"^(Q[A-Z]|Qt)", {"viewer/slice", "viewer/scene", "viewer/capture", "app"}, True),
]
# Headers that only the .cpp files of their own folder include: they may hold a third-party type.
PRIVATE_HEADERS = {"core/report/json_items.h"}
MAX_LINES = 400
# Data and third-party shapes that are long by nature would stand here, each with its reason.
LONG_ALLOWED = {}
CODE = (".h", ".cpp", ".py", ".sh", ".cmake")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')

TEST_NAME = re.compile(r'TEST_CASE\(\s*((?:"(?:[^"\\]|\\.)*"\s*)+)')


def room_of(path):
    parts = path.parts
    if parts[0] == "app":
        return "app"
    if parts[0] == "tests":
        return "tests"
    return "/".join(parts[:2]) if len(parts) > 2 else parts[0]


def check(root):
    problems = []
    files = [p for folder in ("core", "inference", "viewer", "app", "tests", "scripts", "cmake")
             for p in (root / folder).rglob("*") if p.is_file() and p.suffix in CODE]
    for file in sorted(files):
        path = file.relative_to(root)
        if any(part in ("runs", "pool", "__pycache__") for part in path.parts):
            continue
        room = room_of(path)
        lines = file.read_text(errors="replace").splitlines()
        if len(lines) > MAX_LINES and str(path) not in LONG_ALLOWED:
            problems.append(f"{path}: {len(lines)} lines; more than {MAX_LINES} wants to be two files")
        if path.suffix in (".h", ".cpp") and not re.fullmatch(r"[a-z][a-z0-9_]*", path.stem):
            problems.append(f"{path}: file names are snake_case")
        if path.suffix == ".h" and not any(line.startswith("#pragma once") for line in lines[:5]):
            problems.append(f"{path}: no #pragma once at the top")
        if room == "tests":
            # CMake takes a semicolon for two names, finds neither and runs nothing.
            for name in TEST_NAME.findall("\n".join(lines)) if path.suffix == ".cpp" else ():
                if ";" in name:
                    problems.append(f"{path}: a test's name must not hold a semicolon: {name.strip()}")
            continue
        if path.suffix not in (".h", ".cpp"):
            continue
        if room not in MAY:
            problems.append(f"{path}: a folder that DESIGN does not know: {room}")
            continue
        for number, line in enumerate(lines, 1):
            found = INCLUDE.match(line)
            if not found:
                continue
            header = found.group(2)
            if header.startswith(("core/", "inference/", "viewer/", "app/", "tests/")):
                target = "app" if header.startswith("app/") else "/".join(header.split("/")[:2])
                if header in PRIVATE_HEADERS and target != room:
                    problems.append(f"{path}:{number}: {header} is private to its folder")
                elif target != room and target not in MAY[room]:
                    problems.append(f"{path}:{number}: {room} may not include {header}")
                continue
            for pattern, rooms, in_headers in THIRD:
                if re.match(pattern, header):
                    if room not in rooms:
                        problems.append(f"{path}:{number}: {room} may not include <{header}>")
                    elif path.suffix == ".h" and not in_headers and str(path) not in PRIVATE_HEADERS:
                        problems.append(f"{path}:{number}: <{header}> belongs in a .cpp")
                    break
    egl = [p for p in (root / "viewer").rglob("*.cpp") if "<EGL/" in p.read_text(errors="replace")]
    if len(egl) > 1:
        problems.append("EGL is included in more than one file: " + ", ".join(str(p.relative_to(root)) for p in egl))
    return problems


if __name__ == "__main__":
    found_problems = check(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve())
    print("\n".join(found_problems) or "architecture: no breach")
    sys.exit(1 if found_problems else 0)
