#!/usr/bin/env python3
"""The label map pipeline against others, from the package to the label of every voxel.

    parity_labels.py nnunet|monai LABEL_MAP_FILE

nnunet: a model folder as nnU-Net v2's training leaves it, with a small network of random weights, is exported by
export_nnunet.py; both programs label the same volumes (isotropic CT; thick MR slices; turned, transposed and mirrored;
smaller than a window). nnUNetPredictor adds up scores in half precision, so it is met twice: as it is, and with its own
windows, weights and interpolation in single precision, where at least 0.9999 of the voxels must agree.
monai: a bundle as MONAI's export writes it (configs/metadata.json, models/model.ts, traced) with our keys added.
Exit 77 (skipped) where the other one is not installed.
"""
import contextlib
import hashlib
import io
import itertools
import json
import pathlib
import subprocess
import sys
import tempfile

SKIPPED = 77
HERE = pathlib.Path(__file__).resolve().parent
NAMES = {"background": 0, "vertebrae_L4": 1, "L5": 2, "sacrum": 3, "spinal thing": 4, "disc L4-L5": 5}


def label(tool, package, folder, zyx, spacing_zyx):
    """Winning channels of our program for a volume in the order k, j, i; i left, j posterior, k superior."""
    import numpy
    zyx.astype(numpy.float32).tofile(folder / "in.f32")
    words = {"package": package, "in": folder / "in.f32", "out": folder / "out.u16",
             "size": ",".join(map(str, reversed(zyx.shape))), "spacing": ",".join(map(str, reversed(spacing_zyx)))}
    done = subprocess.run([tool, *(f"{k}={v}" for k, v in words.items())], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"label_map_file: {done.stderr}")
    return numpy.fromfile(folder / "out.u16", dtype=numpy.uint16).reshape(zyx.shape)


def volume(shape, seed, low, high):
    """Smooth blobs with noise, and a border of zeros that nnU-Net crops."""
    import numpy
    from scipy.ndimage import gaussian_filter
    random = numpy.random.default_rng(seed)
    values = gaussian_filter(random.normal(size=shape), 2.5)
    values = values / values.std() * (high - low) / 6 + (high + low) / 2 + random.normal(size=shape) * (high - low) / 60
    values = values.astype(numpy.float32)
    values[:2], values[:, -3:] = 0, 0
    return values


def model_folder(folder, case):
    """plans.json, dataset.json and fold_0/checkpoint_final.pth of a small network with random weights."""
    import torch
    from nnunetv2.training.nnUNetTrainer.nnUNetTrainer import nnUNetTrainer
    from nnunetv2.utilities.plans_handling.plans_handler import PlansManager
    kwargs = {"is_seg": False, "order": 3, "order_z": 0, "force_separate_z": None}
    resampling = "resample_data_or_seg_to_shape"
    configuration = {
        "data_identifier": "small", "preprocessor_name": "DefaultPreprocessor", "batch_size": 2,
        "patch_size": case["patch"], "spacing": case["plan_spacing"],
        "median_image_size_in_voxels": case["patch"], "normalization_schemes": [case["scheme"]],
        "use_mask_for_norm": [False],
        "resampling_fn_data": resampling, "resampling_fn_seg": resampling, "resampling_fn_probabilities": resampling,
        "resampling_fn_data_kwargs": kwargs, "resampling_fn_seg_kwargs": {**kwargs, "is_seg": True, "order": 1},
        "resampling_fn_probabilities_kwargs": {**kwargs, "order": 1}, "batch_dice": False,
        "architecture": {
            "network_class_name": "dynamic_network_architectures.architectures.unet.PlainConvUNet",
            "arch_kwargs": {
                "n_stages": 3, "features_per_stage": [8, 16, 16], "conv_op": "torch.nn.modules.conv.Conv3d",
                "kernel_sizes": case.get("kernels", [[3, 3, 3]] * 3),
                "strides": case.get("strides", [[1, 1, 1], [2, 2, 2], [2, 2, 2]]),
                "n_conv_per_stage": [2, 2, 2], "n_conv_per_stage_decoder": [1, 1], "conv_bias": True,
                "norm_op": "torch.nn.modules.instancenorm.InstanceNorm3d",
                "norm_op_kwargs": {"eps": 1e-5, "affine": True}, "dropout_op": None, "dropout_op_kwargs": None,
                "nonlin": "torch.nn.LeakyReLU", "nonlin_kwargs": {"inplace": True}},
            "_kw_requires_import": ["conv_op", "norm_op", "dropout_op", "nonlin"]}}
    back = [case["transpose"].index(a) for a in range(3)]
    plans = {
        "dataset_name": "Dataset900_Small", "plans_name": "nnUNetPlans", "image_reader_writer": "SimpleITKIO",
        "original_median_spacing_after_transp": case["plan_spacing"],
        "original_median_shape_after_transp": case["patch"],
        "transpose_forward": case["transpose"], "transpose_backward": back, "label_manager": "LabelManager",
        "experiment_planner_used": "ExperimentPlanner", "configurations": {"3d_fullres": configuration},
        "foreground_intensity_properties_per_channel": {"0": {
            "mean": 210.5, "std": 180.25, "percentile_00_5": -150.0, "percentile_99_5": 900.0, "median": 200.0,
            "min": -900.0, "max": 1500.0}}}
    dataset = {"channel_names": {"0": "CT" if case["scheme"].startswith("CT") else "MR"}, "labels": NAMES,
               "numTraining": 1, "file_ending": ".nii.gz", "name": "small"}
    folder.mkdir(parents=True)
    (folder / "plans.json").write_text(json.dumps(plans))
    (folder / "dataset.json").write_text(json.dumps(dataset))
    torch.manual_seed(case["seed"])
    manager = PlansManager(plans)
    network = nnUNetTrainer.build_network_architecture(
        manager, manager.get_configuration("3d_fullres"), 1, len(NAMES), enable_deep_supervision=False)
    for parameter in network.parameters():
        if parameter.ndim == 1:
            torch.nn.init.normal_(parameter, 0.1, 0.5)
    (folder / "fold_0").mkdir()
    torch.save({"network_weights": network.state_dict(), "trainer_name": "nnUNetTrainer",
                "init_args": {"configuration": "3d_fullres"}, "inference_allowed_mirroring_axes": (0, 1, 2)},
               folder / "fold_0" / "checkpoint_final.pth")


def single_precision(predictor, image, spacing):
    """nnU-Net's own steps, with its scores added up in single precision."""
    import torch
    from acvl_utils.cropping_and_padding.padding import pad_nd_image
    from nnunetv2.inference.export_prediction import convert_predicted_logits_to_segmentation_with_correct_shape
    from nnunetv2.inference.sliding_window_prediction import compute_gaussian, compute_steps_for_sliding_window
    manager, patch = predictor.configuration_manager, predictor.configuration_manager.patch_size
    properties = {"spacing": spacing}
    data, _, properties = manager.preprocessor_class(verbose=False).run_case_npy(
        image[None], None, properties, predictor.plans_manager, manager, predictor.dataset_json)
    data, revert = pad_nd_image(torch.from_numpy(data), patch, "constant", {"value": 0}, True, None)
    weights = compute_gaussian(tuple(patch), sigma_scale=1 / 8, value_scaling_factor=10, dtype=torch.float32,
                               device=torch.device("cpu"))
    total, count = torch.zeros(len(NAMES), *data.shape[1:]), torch.zeros(data.shape[1:])
    with torch.no_grad():
        for at in itertools.product(*compute_steps_for_sliding_window(tuple(data.shape[1:]), tuple(patch), 0.5)):
            place = tuple(slice(a, a + w) for a, w in zip(at, patch))
            scores = predictor._internal_maybe_mirror_and_predict(data[(slice(None), *place)][None])[0]
            total[(slice(None), *place)] += scores * weights
            count[place] += weights
    logits = (total / count)[(slice(None), *revert[1:])]
    return convert_predicted_logits_to_segmentation_with_correct_shape(
        logits, predictor.plans_manager, manager, predictor.label_manager, properties)


CASES = {
    "CT, even voxels": dict(
        seed=4, scheme="CTNormalization", plan_spacing=[1.5, 1.5, 1.5], patch=[32, 32, 32], transpose=[0, 1, 2],
        orientation="LPS", shape=(46, 52, 60), spacing=[1.9, 1.3, 1.1]),
    "MR, thick slices": dict(
        seed=5, scheme="ZScoreNormalization", plan_spacing=[4.0, 0.9, 0.9], patch=[8, 48, 40], transpose=[0, 1, 2],
        orientation="LPS", shape=(17, 70, 64), spacing=[3.3, 0.7, 0.7],
        kernels=[[1, 3, 3], [3, 3, 3], [3, 3, 3]], strides=[[1, 1, 1], [1, 2, 2], [2, 2, 2]]),
    "CT, turned, transposed, mirrored": dict(
        seed=6, scheme="CTNormalization", plan_spacing=[1.2, 2.0, 1.6], patch=[24, 16, 24], transpose=[2, 0, 1],
        orientation="RAS", shape=(36, 32, 40), spacing=[1.7, 1.5, 1.4], mirror=True),
    "MR, smaller than a window": dict(
        seed=7, scheme="ZScoreNormalization", plan_spacing=[2.0, 1.0, 1.0], patch=[24, 48, 48], transpose=[0, 1, 2],
        orientation="acquired", shape=(15, 41, 54), spacing=[2.0, 1.0, 1.0]),
}


def against_nnunet(tool, folder):
    import numpy
    import torch
    sys.path.insert(0, str(HERE.parents[2] / "inference" / "training"))
    import export_nnunet
    from nnunetv2.inference.predict_from_raw_data import nnUNetPredictor
    good = True
    for number, (name, case) in enumerate(CASES.items()):
        model, package = folder / f"model{number}", folder / f"package{number}"
        model_folder(model, case)
        (folder / "map.json").write_text(json.dumps({"spinal thing": 60}))
        words = ["--model", str(model), "--out", str(package), "--name", "small", "--version", "1", "--licence", "none",
                 "--source", "random weights", "--orientation", case["orientation"], "--map", str(folder / "map.json"),
                 *(["--mirror"] if case.get("mirror") else [])]
        with contextlib.redirect_stdout(io.StringIO()):
            _, card = export_nnunet.export(export_nnunet.parser().parse_args(words))
            predictor = nnUNetPredictor(use_mirroring=case.get("mirror", False), perform_everything_on_device=False,
                                        device=torch.device("cpu"), allow_tqdm=False)
            predictor.initialize_from_trained_model_folder(str(model), [0])
        if card["outputs"]["labels"]["numbers"] != [0, 23, 24, 26, 60, 123]:
            raise SystemExit(f"numbers of the labels: {card['outputs']['labels']['numbers']}")
        low, high = (-600, 1000) if case["scheme"].startswith("CT") else (10, 900)
        zyx = volume(case["shape"], case["seed"], low, high)
        mine = label(tool, package, folder, zyx, case["spacing"])
        turned = case["orientation"] == "RAS"  # two axes of the array lie the other way round
        theirs_in = zyx[:, ::-1, ::-1].copy() if turned else zyx
        with contextlib.redirect_stdout(io.StringIO()):
            whole = predictor.predict_single_npy_array(theirs_in[None], {"spacing": case["spacing"]})
            single = single_precision(predictor, theirs_in, case["spacing"])
        if turned:
            whole, single = whole[:, ::-1, ::-1], single[:, ::-1, ::-1]
        same, equal = float((mine == single).mean()), float((mine == whole).mean())
        shares = numpy.bincount(mine.ravel(), minlength=len(NAMES)) / mine.size
        print(f"nnU-Net, {name}: same label in {same:.6f} of the voxels (at least 0.9999), in {equal:.6f} of "
              f"nnUNetPredictor's as it is; largest class {shares.max():.2f}")
        good &= same >= 0.9999 and equal >= 0.995 and shares.max() < 0.95
    return good


def against_monai(tool, folder):
    import numpy
    import torch
    from monai.bundle import ckpt_export
    from monai.inferers import sliding_window_inference
    from monai.networks.nets import UNet
    shape = dict(spatial_dims=3, in_channels=1, out_channels=3, channels=(8, 16, 16), strides=(2, 2))
    torch.manual_seed(3)
    network, bundle = UNet(**shape).eval(), folder / "bundle"
    for name in ("configs", "models"):
        (bundle / name).mkdir(parents=True)
    torch.save({"model": network.state_dict()}, bundle / "models" / "model.pt")
    form = {"type": "image", "num_channels": 1, "spatial_shape": [32, 32, 32], "dtype": "float32"}
    metadata = {"version": "0.1.0", "monai_version": "1.6.1", "name": "bundle", "task": "spine-ct",
                "description": "of a test", "network_data_format": {
                    "inputs": {"image": {**form, "format": "hounsfield", "modality": "CT", "channel_def": {"0": "image"}}},
                    "outputs": {"pred": {**form, "format": "segmentation", "num_channels": 3,
                                         "channel_def": {"0": "background", "1": "L4", "2": "L5"}}}}}
    (bundle / "configs" / "metadata.json").write_text(json.dumps(metadata))
    config = folder / "inference.json"
    config.write_text(json.dumps({"network_def": {"_target_": "UNet", **shape}}))
    ckpt_export(net_id="network_def", filepath=str(bundle / "models" / "model.ts"), use_trace=True,
                ckpt_file=str(bundle / "models" / "model.pt"), meta_file=str(bundle / "configs" / "metadata.json"),
                config_file=str(config), key_in_ckpt="model", input_shape=[1, 1, 32, 32, 32])
    refused = subprocess.run([tool, f"package={bundle}", "size=1,1,1", "spacing=1,1,1"], capture_output=True, text=True)
    if "it lacks file, sha256, pipeline, spacing_mm" not in refused.stderr:
        raise SystemExit(f"a bundle without our keys: {refused.stderr}")
    metadata.update({
        "schema": "spondyl-model-1", "pipeline": "labels", "file": "models/model.ts", "licence": "none",
        "sha256": hashlib.sha256((bundle / "models" / "model.ts").read_bytes()).hexdigest(),
        "spacing_mm": [1.5, 1.5, 1.5], "tensor": {"axes": ["R", "A", "S"], "patch": [32, 32, 32]},
        "normalisation": {"clip_hu": [-400, 1000], "subtract": 300, "divide": 350},
        "inference": {"overlap": 0.5, "window_least_weight": 0.001},
        "outputs": {"labels": {"scheme": "codes", "numbers": [0, 23, 24]}}})
    (bundle / "configs" / "metadata.json").write_text(json.dumps(metadata))
    zyx = volume((48, 64, 64), 8, -400, 900)
    mine = label(tool, bundle, folder, zyx, [1.5, 1.5, 1.5])
    ras = numpy.clip(zyx.transpose(2, 1, 0)[::-1, ::-1].copy(), -400, 1000)
    image = torch.from_numpy((ras - 300) / 350)[None, None]
    with torch.no_grad():
        scores = sliding_window_inference(image, (32, 32, 32), 1, network, overlap=0.5, mode="gaussian")
    theirs = scores[0].argmax(0).numpy()[::-1, ::-1].transpose(2, 1, 0)
    same = float((mine == theirs).mean())
    print(f"MONAI bundle: same label in {same:.6f} of the voxels (at least 0.9999)")
    return same >= 0.9999 and len(numpy.unique(mine)) > 1


def main():
    other, tool = sys.argv[1], sys.argv[2]
    try:
        __import__({"monai": "monai", "nnunet": "nnunetv2"}[other])
        import torch  # noqa: F401
    except ImportError as missing:
        print(f"SKIPPED: {missing}")
        return SKIPPED
    with tempfile.TemporaryDirectory(prefix="spondyl-parity-") as name:
        run = against_monai if other == "monai" else against_nnunet
        return 0 if run(tool, pathlib.Path(name)) else 1


if __name__ == "__main__":
    sys.exit(main())
