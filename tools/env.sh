#!/usr/bin/env bash
# Prints the folder of a Python environment that holds what a purpose needs, making it first when it is not there:
#
#   tools/env.sh run      what reading needs (requirements-read.txt); with an NVIDIA GPU, requirements.txt
#   tools/env.sh train    what training and an NVIDIA GPU need (requirements.txt)
#   tools/env.sh test     that and the tests' tools (requirements-test.txt); the default
#
# The folder is named after a hash of the files and of the Python that it is made with, so a change of either makes a
# new one and nothing else does. An environment that is ready and holds more is used in place of a new smaller one.
#
#   PYTHON=python3.12 tools/env.sh        choose the interpreter
#   PLATESCRIBE_ENV=DIR tools/env.sh      use this ready environment as it is
#   tools/env.sh run --where              only say where it would be
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() { printf 'platescribe: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

recent_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        recent_enough "$PYTHON" && { echo "$PYTHON"; return; }
        die "PYTHON=$PYTHON is not a Python 3.11 or newer. Name another: make run PYTHON=/path/to/python3.12"
    fi
    for name in python3 python3.13 python3.12 python3.11 python; do
        recent_enough "$name" && { echo "$name"; return; }
    done
    die "No Python 3.11 or newer found (python3 is $(python3 --version 2>&1 || echo absent))." \
        "Install one and name it: make run PYTHON=/path/to/python3.12"
}

files_of() {  # purpose: the requirement files that it needs
    case $1 in
        run) echo requirements-read.txt ;;
        train) echo requirements.txt ;;
        test) echo requirements.txt requirements-test.txt ;;
    esac
}

fingerprint() {  # python, files: 12 hexadecimal digits of the files (comments left out) and the interpreter
    (cd "$here" && "$@") <<'PY'
import hashlib, pathlib, platform, sys
lines = [line.split("#")[0].strip() for name in sys.argv[1:] for line in pathlib.Path(name).read_text().splitlines()]
tag = [sys.implementation.cache_tag, platform.system(), platform.machine()]
print(hashlib.sha256("\n".join(tag + [line for line in lines if line]).encode()).hexdigest()[:12])
PY
}

folder_for() {  # python, purpose
    # shellcheck disable=SC2046  # a list of files
    echo "$cache/env-$(fingerprint "$1" - $(files_of "$2"))"
}

has_nvidia_gpu() {
    command -v nvidia-smi >/dev/null && nvidia-smi -L 2>/dev/null | grep -q '^GPU'
}

build() {  # python, purpose, folder: a fresh environment; the stamp is written last, so a broken build is made anew
    local python=$1 purpose=$2 folder=$3 size="under 1 GB" file
    local -a wanted=()
    "$python" -c 'import venv, ensurepip' 2>/dev/null || "$here/tools/system.sh" venv "$python"
    [ "$purpose" = run ] || size="about 6 GB with torch"
    say "making the Python environment in $folder (once; $size)"
    rm -rf "$folder"
    mkdir -p "$(dirname "$folder")"
    "$python" -m venv "$folder"
    for file in $(files_of "$purpose"); do wanted+=(-r "$here/$file"); done
    "$folder/bin/python" -m pip install --quiet --disable-pip-version-check "${wanted[@]}" >&2 \
        || die "pip could not install the requirements (see above). Check the network or the proxy, then run it again."
    [ "$purpose" = run ] || prepare "$folder/bin/python"  # reading on a processor has its networks ready
    touch "$folder/.complete"
    say "environment ready"
}

prepare() {  # python: fit the networks to the GPU now, so that the first start need not wait for it
    (cd "$here" && "$1" -c '
from app.config import bootstrap
bootstrap.prepare()
from app.pipeline.loading import load_pipeline
load_pipeline()') >/dev/null 2>&1 || say "the first start will take a little longer: the networks are prepared then"
}

if [ -n "${PLATESCRIBE_ENV:-}" ]; then
    [ -x "$PLATESCRIBE_ENV/bin/python" ] || die "PLATESCRIBE_ENV=$PLATESCRIBE_ENV holds no bin/python"
    echo "$PLATESCRIBE_ENV"
    exit
fi
where=
purpose=test
for word in "$@"; do
    case $word in
        --where) where=yes ;;
        run | train | test) purpose=$word ;;
        *) die "usage: tools/env.sh [run|train|test] [--where]" ;;
    esac
done
python=$(find_python)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/platescribe
[ "$purpose" != run ] || ! has_nvidia_gpu || purpose=train
folder=$(folder_for "$python" "$purpose")
[ "$purpose" != train ] || larger=test
[ "$purpose" != run ] || larger="train test"
for other in ${larger:-}; do
    [ -e "$folder/.complete" ] || [ ! -e "$(folder_for "$python" "$other")/.complete" ] ||
        folder=$(folder_for "$python" "$other")
done
if [ -z "$where" ] && [ ! -e "$folder/.complete" ]; then
    mkdir -p "$cache"
    if command -v flock >/dev/null; then  # two makes at once: the second waits for the first
        exec 9>"$folder.lock"
        flock 9
    fi
    [ -e "$folder/.complete" ] || build "$python" "$purpose" "$folder"
fi
echo "$folder"
