"""python -m recognizer train | align | heads | average | compare | evaluate | explain | synth | export | calibrate …"""

import argparse
import importlib
import sys

from inference.optional import explain_missing

COMMANDS = {
    "train": "train a reader, or fine-tune one",
    "align": "train a reader's aligner, which finds the plate's corners in its crop",
    "heads": "teach a reader to tell plates from other crops, and their regions",
    "compare": "train several networks on the same data and compare them",
    "evaluate": "measure a reader on labelled crops",
    "average": "average the weights of readers that share an ancestor (a model soup)",
    "calibrate": "fit a reader's confidence to labelled crops",
    "explain": "draw how a plate is read: the probability matrix and its best path",
    "synth": "render artificial plates as a data set",
    "export": "write a reader as ONNX or OpenVINO files",
}
#: Names that commands had before.
ALIASES = {"average": ["mean"]}
MODULES = {
    "train": "training.command",
    "align": "training.train_aligner",
    "heads": "training.train_heads",
    "compare": "training.compare",
    "average": "training.weight_averaging",
    "calibrate": "training.calibrate",
    "synth": "synthesis.generator",
}


def main(arguments: list[str] | None = None) -> int:
    """Runs a command; errors of input end in one line and status 1."""
    arguments = sys.argv[1:] if arguments is None else arguments
    parser = argparse.ArgumentParser(prog="python -m recognizer", description="Train, measure and explain the reader.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in COMMANDS.items():
        aliases = ALIASES.get(name, [])
        command = commands.add_parser(name, help=text, description=text, aliases=aliases)
        if arguments and arguments[0] in {name, *aliases}:  # the modules load torch: only the one that is needed
            try:
                module = importlib.import_module(f"recognizer.{MODULES.get(name, name)}")
            except ModuleNotFoundError as error:
                print(f"{parser.prog}: {explain_missing(error)}", file=sys.stderr)
                return 1
            module.add_arguments(command)
            command.set_defaults(run=module.main)
    parsed = parser.parse_args(arguments)
    try:
        return int(parsed.run(parsed))
    except ModuleNotFoundError as error:
        print(f"{parser.prog}: {explain_missing(error)}", file=sys.stderr)
        return 1
    except (OSError, ValueError) as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted; training goes on with --resume", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
