#!/usr/bin/env python3
"""Writes a model package from a trained nnU-Net v2 model.

    python export_nnunet.py --model DIR --out ~/.local/share/spondyl/models/NAME --name NAME --version 1.0 \
        --orientation RAS --licence "CC BY 4.0" --source "who trained it, on what"

DIR is nnU-Net's folder of one trainer and configuration: dataset.json, plans.json, fold_N/checkpoint_final.pth.
Only what runs with equal results is exported: one input channel, 3d_fullres or 3d_lowres, classes that exclude
each other, nnU-Net's usual resampling; all else is refused with the reason.

nnU-Net takes images as files hold them. Spondyl opens files of any orientation, so it must be told in which one the
training images lay: --orientation RAS, LPS, ... (nibabel.aff2axcodes; not asked where nnU-Net's reader turns images
itself), or "acquired" where they lay in all kinds of ways.

Which number is which structure: --scheme totalsegmentator or totalspineseg where the dataset has their numbers; else
its label names are looked up among the short names of resources/codes.csv (C1 ... L5, SAC, CORD, L4-L5, R1L ...);
--map FILE.json gives {"label name": number of codes.csv} for others.
"""
import argparse
import csv
import hashlib
import json
import re
import sys
import warnings
from pathlib import Path

RESAMPLING = "resample_data_or_seg_to_shape"
CODES = Path(__file__).resolve().parents[2] / "resources" / "codes.csv"


class Refused(Exception):
    pass


def load(path):
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError) as problem:
        raise Refused(f"{path} cannot be read: {problem}")


def known_names():
    """Short names of codes.csv, as people write them, and their numbers."""
    names = {}
    with CODES.open(newline="") as file:
        for row in csv.DictReader(file):
            names[plain(row["short_name"])] = int(row["label"])
    names["sacrum"] = names["s1"] = names.get("sac", 26)
    return names


def plain(name):
    return re.sub(r"^(vertebrae?|discs?)_", "", re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_"))


def numbers_of(labels, scheme, mapping):
    """A number for each output channel, in the scheme's counting."""
    by_value = {int(value): name for name, value in labels.items() if name != "ignore"}
    if sorted(by_value) != list(range(len(by_value))):
        raise Refused(f"dataset.json: labels are not 0 to {len(by_value) - 1}")
    if scheme != "codes":
        return list(range(len(by_value))), [by_value[c] for c in range(len(by_value))]
    known, numbers, unknown = known_names(), [], []
    for channel in range(len(by_value)):
        name = by_value[channel]
        number = 0 if channel == 0 else mapping.get(name, known.get(plain(name)))
        if number is None:
            unknown.append(name)
            number = -1  # not background: what it finds is left out, and said
        numbers.append(int(number))
    if len(unknown) == len(by_value) - 1:
        raise Refused("no label of dataset.json is the name of a structure that Spondyl knows: " +
                      ", ".join(unknown[:8]) + ". Say which they are: --map FILE.json, or --scheme")
    if unknown:
        print(f"left out, no structure of that name: {', '.join(unknown)} (--map would say what they are)",
              file=sys.stderr)
    return numbers, [by_value[c] for c in range(len(by_value))]


def axes_of(reader, orientation, transpose):
    """Where each tensor axis leads in the patient; nnU-Net's arrays are z, y, x of the file, then transposed."""
    if reader.endswith("WithReorient"):
        orientation = "RAS"
    if not orientation:
        raise Refused(f"{reader} takes images as they lie in their files. Say how the training images lay: "
                      "--orientation RAS (see nibabel.aff2axcodes), or --orientation acquired")
    if orientation == "acquired":
        zyx = ["k", "j", "i"]
    elif sorted(orientation.translate(str.maketrans("LRPASI", "xxyyzz"))) == ["x", "y", "z"]:
        zyx = list(reversed(orientation))
    else:
        raise Refused(f"--orientation {orientation}: three letters such as RAS or LPS, or acquired")
    return [zyx[a] for a in transpose]


def normalisation_of(configuration, plans, modality):
    schemes = configuration["normalization_schemes"]
    if len(schemes) != 1:
        raise Refused(f"the network takes {len(schemes)} images at once; Spondyl gives it one")
    if any(configuration.get("use_mask_for_norm") or []):
        raise Refused("it normalises inside a mask (use_mask_for_norm), which Spondyl does not")
    if schemes[0] == "CTNormalization":
        if modality != "CT":
            raise Refused("it normalises as CT, but its images are not CT: say --modality CT")
        found = plans["foreground_intensity_properties_per_channel"]["0"]
        return {"clip_hu": [found["percentile_00_5"], found["percentile_99_5"]], "subtract": found["mean"],
                "divide": max(found["std"], 1e-8)}
    if schemes[0] == "ZScoreNormalization":
        return {"z_score": True}
    raise Refused(f"its normalisation is {schemes[0]}; Spondyl has CTNormalization and ZScoreNormalization")


def check_resampling(configuration):
    """Only nnU-Net's default interpolation is reproduced."""
    for what, order in (("data", 3), ("probabilities", 1)):
        kwargs = configuration[f"resampling_fn_{what}_kwargs"]
        same = (configuration[f"resampling_fn_{what}"] == RESAMPLING and kwargs.get("order") == order and
                kwargs.get("order_z") == 0 and kwargs.get("force_separate_z") is None)
        if not same:
            raise Refused(f"resampling_fn_{what} is not nnU-Net's default, whose results are reproduced")


def predictor_of(folder, fold, checkpoint):
    import torch
    from nnunetv2.inference.predict_from_raw_data import nnUNetPredictor
    predictor = nnUNetPredictor(use_mirroring=False, perform_everything_on_device=False,
                                device=torch.device("cpu"), allow_tqdm=False)
    predictor.initialize_from_trained_model_folder(str(folder), [fold], checkpoint)
    predictor.network.load_state_dict(predictor.list_of_parameters[0])
    return predictor


def trace(network, patch, half):
    """Traced (scripted files of a new torch do not load in LibTorch 1.13)."""
    import torch
    network = network.eval()
    for value in network.parameters():
        value.requires_grad_(False)
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        module = torch.jit.trace(network, torch.zeros(1, 1, *patch), check_trace=False)
    return module.half() if half else module


def export(options):
    folder = Path(options.model)
    plans, dataset = load(folder / "plans.json"), load(folder / "dataset.json")
    if any(isinstance(value, list) for value in dataset["labels"].values()):
        raise Refused("its classes overlap (region-based training); Spondyl takes one class a voxel")
    predictor = predictor_of(folder, options.fold, options.checkpoint)
    configuration = dict(predictor.configuration_manager.configuration)
    if configuration.get("previous_stage"):
        raise Refused("it is the second stage of a cascade and needs the first one's result")
    patch = [int(n) for n in configuration["patch_size"]]
    if len(patch) != 3:
        raise Refused("it works slice by slice (2d); export 3d_fullres or 3d_lowres")
    channels = dataset.get("channel_names") or dataset.get("modality")
    modality = (options.modality or ("CT" if str(channels["0"]).upper() == "CT" else "MR")).upper()
    check_resampling(configuration)
    mapping = load(Path(options.map)) if options.map else {}
    numbers, names = numbers_of(dataset["labels"], options.scheme, mapping)
    mirrored = list(predictor.allowed_mirroring_axes or []) if options.mirror else []
    out = Path(options.out).expanduser()
    out.mkdir(parents=True, exist_ok=True)
    import torch
    temporary = out / "model.pt.tmp"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a new torch about TorchScript's future
        torch.jit.save(trace(predictor.network, patch, options.half), temporary)
    temporary.replace(out / "model.pt")
    intended = {"modality": modality, "minimum_spacing_mm": options.minimum_spacing,
                "maximum_spacing_mm": options.maximum_spacing}
    card = {
        "schema": "spondyl-model-1", "name": options.name, "version": options.version,
        "description": dataset.get("description", ""), "task": f"spine-{modality.lower()}", "pipeline": "labels",
        "network_data_format": {
            "inputs": {"image": {"type": "image", "format": "hounsfield" if modality == "CT" else "magnitude",
                                 "modality": modality, "num_channels": 1, "spatial_shape": patch, "dtype": "float32",
                                 "is_patch_data": True, "channel_def": {"0": "image"}}},
            "outputs": {"pred": {"type": "image", "format": "segmentation", "num_channels": len(numbers),
                                 "spatial_shape": patch, "dtype": "float32", "is_patch_data": True,
                                 "channel_def": {str(c): name for c, name in enumerate(names)}}}},
        "file": "model.pt", "sha256": hashlib.sha256((out / "model.pt").read_bytes()).hexdigest(),
        "spacing_mm": [float(mm) for mm in configuration["spacing"]],
        "tensor": {"axes": axes_of(plans["image_reader_writer"], options.orientation, plans["transpose_forward"]),
                   "patch": patch, "padding_input": 0.0},
        "normalisation": normalisation_of(configuration, plans, modality),
        "resampling": "nnunet", "crop_to_nonzero": True,
        "outputs": {"labels": {"scheme": options.scheme, "numbers": numbers}},
        "inference": {"overlap": 0.5, "window_centre_shift": 0.5, "mirror_axes": mirrored},
        "intended_input": {k: v for k, v in intended.items() if v is not None},
        "source": options.source, "licence": options.licence,
        "training": {"data_licence": options.data_licence, "dataset": dataset.get("name", plans.get("dataset_name")),
                     "plans": plans.get("plans_name"), "trainer": predictor.trainer_name, "fold": str(options.fold)},
    }
    (out / "metadata.json").write_text(json.dumps(card, indent=2) + "\n")
    return out, card


def parser():
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--model", required=True, help="folder with plans.json, dataset.json and fold_*")
    made.add_argument("--out", required=True, help="the package's folder; made if missing")
    made.add_argument("--name", required=True)
    made.add_argument("--version", required=True)
    made.add_argument("--licence", required=True, help="of the weights")
    made.add_argument("--source", required=True, help="who trained it, on what")
    made.add_argument("--data-licence", default="not stated", help="of what it learned from")
    made.add_argument("--fold", default="0", help="a number, or all")
    made.add_argument("--checkpoint", default="checkpoint_final.pth")
    made.add_argument("--orientation", help="of the training images: RAS, LPS, ... or acquired")
    made.add_argument("--modality", choices=["CT", "MR"], help="default: as dataset.json's channel is called")
    made.add_argument("--scheme", choices=["codes", "totalsegmentator", "totalspineseg"], default="codes")
    made.add_argument("--map", help='JSON file {"label name": number of codes.csv}; 0: not a structure of interest')
    made.add_argument("--mirror", action="store_true", help="average over mirrored inputs: up to 8 times slower")
    made.add_argument("--half", action="store_true", help="half-precision weights: half the size, nearly equal results")
    made.add_argument("--minimum-spacing", type=float, help="mm; finer images are refused")
    made.add_argument("--maximum-spacing", type=float, help="mm; coarser images are refused")
    return made


def main():
    try:
        out, card = export(parser().parse_args())
    except Refused as reason:
        raise SystemExit(f"Not exported: {reason}.")
    print(f"{out}: {card['name']} {card['version']}, {len(card['outputs']['labels']['numbers'])} channels, "
          f"{(out / 'model.pt').stat().st_size / 1e6:.1f} MB\n"
          f"Next: spondyl-cli models check {out}; spondyl-cli models trust {out}")


if __name__ == "__main__":
    main()
