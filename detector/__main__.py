"""`python -m detector train | evaluate | export | convert | compose`."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from detector.detector import Tiles
from inference.optional import explain_missing


def _tiles(text: str) -> Tiles:
    return "auto" if text == "auto" else int(text)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m detector", description="Finds number plates in pictures.")
    commands = parser.add_subparsers(dest="command", required=True)
    _add_train(commands.add_parser("train", help="train the detector on a YOLO data set"))
    _add_evaluate(commands.add_parser("evaluate", help="measure the detector on an annotated data set"))
    _add_export(commands.add_parser("export", help="write weights for shipping, ONNX or OpenVINO files"))
    _add_convert(commands.add_parser("convert", help="merge YOLO, VOC and OpenALPR data sets into one YOLO data set"))
    _add_compose(commands.add_parser("compose", help="make training pictures by setting plates into other pictures"))
    return parser


def _add_train(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, required=True, help="data.yaml of a YOLO data set with train and val")
    parser.add_argument("--out", type=Path, default=Path("runs/detector"), help="folder of the run")
    parser.add_argument("--weights", type=Path, help="weights to start from (.pt or .safetensors); default: none")
    parser.add_argument("--architecture", default="yolov8n.yaml", help="ultralytics' name of the network")
    parser.add_argument("--epochs", type=int, default=10, help="passes over the data (default: %(default)s)")
    parser.add_argument(
        "--size", type=int, default=416, help="middle of the input sizes, in pixels (default: %(default)s)"
    )
    parser.add_argument(
        "--multi-scale", type=float, default=0.4, help="share by which sizes vary up and down (default: %(default)s)"
    )
    parser.add_argument("--batch", type=int, default=16, help="pictures in a batch (default: %(default)s)")
    parser.add_argument("--learning-rate", type=float, default=1e-3, help="first learning rate (default: %(default)s)")
    parser.add_argument("--final-rate", type=float, default=0.1, help="last learning rate as a share of the first")
    parser.add_argument("--warmup-epochs", type=float, default=0.5, help="epochs of rising rate (default: %(default)s)")
    parser.add_argument(
        "--mosaic", type=float, default=0.6, help="share of pictures that are mosaics of four (default: %(default)s)"
    )
    parser.add_argument("--freeze", type=int, default=0, help="number of first layers left as they are, to save time")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", default="cpu", help="cpu, or the number of a CUDA device")
    parser.add_argument(
        "--no-cache",
        dest="cache",
        action="store_false",
        help="read pictures from disk each time instead of keeping them in memory",
    )
    parser.add_argument("--resume", action="store_true", help="continue the run in --out")


def _add_evaluate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, required=True, help="data.yaml of a YOLO data set")
    parser.add_argument("--split", default="val", help="train, val or test (default: %(default)s)")
    parser.add_argument("--weights", type=Path, help="weights to measure; default: the shipped ones")
    parser.add_argument("--device", default="auto", help="auto, cpu, gpu, cuda:N … (default: %(default)s)")
    parser.add_argument("--precision", choices=["auto", "int8", "float", "f32"], default="auto")
    parser.add_argument("--threshold", type=float, help="score threshold; default: the one in the weights")
    parser.add_argument("--size", type=int, help="longer side of the input in pixels; default: the one in the weights")
    parser.add_argument(
        "--tiles",
        type=_tiles,
        default=1,
        help="parts that each picture is cut into: a number, or auto (default: %(default)s)",
    )
    parser.add_argument("--threads", type=int)
    parser.add_argument("--sheets", type=Path, help="folder for contact sheets of misses and false alarms")
    parser.add_argument("--sweep", action="store_true", help="also print recall and precision for every threshold")


def _add_export(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--weights", type=Path, required=True, help="a checkpoint (.pt) or weights (.safetensors)")
    parser.add_argument("--out", type=Path, help=".safetensors, .onnx or .xml (OpenVINO)")
    parser.add_argument(
        "--calibrate",
        type=Path,
        metavar="DIR",
        help="write the network in 8-bit integers, calibrated on the pictures in DIR",
    )
    parser.add_argument(
        "--ready", action="store_true", help="convert for OpenVINO and write the file beside the weights"
    )
    parser.add_argument("--size", type=int, default=640, help="input size written into .safetensors")
    parser.add_argument("--threshold", type=float, default=0.3, help="score threshold written into .safetensors")
    parser.add_argument("--manifest", action="store_true", help="name the file in the manifest as shipped")


def _add_convert(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--yolo", type=Path, action="append", default=[], help="data.yaml; repeatable")
    parser.add_argument(
        "--voc", type=Path, action="append", default=[], help="folder with .xml annotations; repeatable"
    )
    parser.add_argument(
        "--openalpr", type=Path, action="append", default=[], help="folder with .txt annotations; repeatable"
    )
    parser.add_argument("--out", type=Path, required=True, help="folder of the new data set")
    parser.add_argument("--val-share", type=float, default=0.1, help="share for validation (default: %(default)s)")


def _add_compose(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--plates", type=Path, required=True, help="folder of plate pictures, cut to the plate")
    parser.add_argument("--backgrounds", type=Path, help="folder of pictures without a plate")
    parser.add_argument("--onto", type=Path, help="data.yaml whose plates are replaced; instead of --backgrounds")
    parser.add_argument("--out", type=Path, required=True, help="folder of the new data set")
    parser.add_argument("--count", type=int, default=500, help="pictures to make (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0)


def _train(args: argparse.Namespace) -> int:
    from detector.training.trainer import TrainOptions, train

    options = {name: value for name, value in vars(args).items() if name != "command"}
    print(f"best checkpoint: {train(TrainOptions(**options))}")
    return 0


def _evaluate(args: argparse.Namespace) -> int:
    from detector.detector import PlateDetector
    from detector.training import evaluate
    from detector.training.datasets import read_yolo
    from detector.weights import default_weights, open_weights

    weights = args.weights or default_weights()
    threshold = open_weights(weights).threshold if args.threshold is None else args.threshold
    collection = read_yolo(args.data, args.split)
    for problem in collection.problems:
        print(f"left out: {problem.path}: {problem.reason}")
    detector = PlateDetector(
        weights, args.device, threshold=evaluate.FLOOR, size=args.size, threads=args.threads, precision=args.precision
    )
    outcomes = evaluate.detect_images(detector, collection.samples, args.tiles)
    result = evaluate.make_report(outcomes, threshold, detector.backend, detector.size)
    lines = evaluate.format_table(result)
    if args.sweep:
        lines += evaluate.sweep_thresholds(outcomes)
    if args.sheets:
        lines += [f"written {path}" for path in evaluate.write_exhibits(outcomes, threshold, args.sheets)]
    print("\n".join([*lines, evaluate.format_json(result)]))
    return 0


def _export(args: argparse.Namespace) -> int:
    from detector import export
    from inference.weights import enter_in_manifest

    name = "detector"
    if args.calibrate or args.ready:
        name, args.out = _export_ready(args)
    elif args.out is None:
        raise ValueError("--out: give a name that ends in .safetensors, .onnx or .xml")
    elif args.out.suffix == ".safetensors":
        export.to_safetensors(args.weights, args.out, args.size, args.threshold)
    elif args.out.suffix == ".onnx":
        export.to_onnx(args.weights, args.out)
    elif args.out.suffix == ".xml":
        export.to_openvino(args.weights, args.out)
    else:
        raise ValueError(f"--out {args.out}: give a name that ends in .safetensors, .onnx or .xml")
    if args.manifest:
        enter_in_manifest(args.out, name, args.out.parent / "manifest.json")
    print(f"written {args.out}, {args.out.stat().st_size} bytes")
    return 0


def _export_ready(args: argparse.Namespace) -> tuple[str, Path]:
    """Writes a form for OpenVINO beside the weights, where alone it is looked for; its manifest name, and where."""
    from detector.network_spec import network_spec
    from detector.weights import open_weights
    from inference.openvino_models import INT8, pack_ready, packed_file

    weights = open_weights(args.weights)
    if args.ready:
        return "detector-openvino", pack_ready(network_spec(weights))
    from detector.quantization import quantize

    return "detector-int8", quantize(weights, args.calibrate, packed_file(network_spec(weights), INT8))


def _convert(args: argparse.Namespace) -> int:
    from detector.training.convert import convert_datasets

    result = convert_datasets(args.yolo, args.voc, args.openalpr, args.out, args.val_share)
    for problem in result.problems:
        print(f"left out: {problem.path}: {problem.reason}")
    plates = sum(len(sample.plates) for sample in result.samples)
    print(f"{len(result.samples)} pictures, {plates} plates, {len(result.problems)} annotations left out: {args.out}")
    return 0


def _compose(args: argparse.Namespace) -> int:
    from detector.training.compose import compose_dataset

    print(f"written {compose_dataset(args.plates, args.out, args.count, args.backgrounds, args.onto, args.seed)}")
    return 0


COMMANDS = {
    "train": _train, "evaluate": _evaluate, "export": _export, "convert": _convert, "compose": _compose,
}  # fmt: skip


def main(argv: Sequence[str] | None = None) -> int:
    """Runs a command; wrong input is told in one line and gives status 2."""
    args = _parser().parse_args(argv)
    try:
        return COMMANDS[args.command](args)
    except ModuleNotFoundError as error:
        print(f"error: {explain_missing(error)}", file=sys.stderr)
        return 2
    except (FileNotFoundError, ValueError, RuntimeError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
