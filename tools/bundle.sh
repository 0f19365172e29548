#!/usr/bin/env bash
# Packs the program and all that reading needs into one file, for a machine without the internet:
#
#   tools/bundle.sh [FILE]        default: out/platescribe-bundle.tar.gz
#
# The bundle is for the system, processor and Python version that it is made on. install.sh in it asks no registry.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
target=$(realpath -m "${1:-$here/out/platescribe-bundle.tar.gz}")
python=${PYTHON:-python3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
folder=$work/platescribe-bundle
mkdir -p "$folder/wheels" "$(dirname "$target")"
"$python" -m pip wheel --quiet --disable-pip-version-check --wheel-dir "$folder/wheels" "$here"
"$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])' > "$folder/python-version"
cat > "$folder/install.sh" <<'SH'
#!/usr/bin/env bash
# Installs Platescribe into a new environment, from the wheels beside this script and nothing else:
#
#   install.sh FOLDER        then: FOLDER/bin/platescribe
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
[ $# = 1 ] || { echo "usage: install.sh FOLDER" >&2; exit 2; }
wanted=$(cat "$here/python-version")
python=${PYTHON:-python$wanted}
command -v "$python" >/dev/null || { echo "This bundle needs Python $wanted: name it with PYTHON=/path/to/python" >&2; exit 1; }
"$python" -m venv "$1"
"$1/bin/python" -m pip install --quiet --disable-pip-version-check --no-index --find-links "$here/wheels" platescribe
echo "installed: $1/bin/platescribe"
SH
chmod +x "$folder/install.sh"
tar -C "$work" -czf "$target" platescribe-bundle
echo "$target, $(du -m "$target" | cut -f1) MB, for Python $(cat "$folder/python-version") on $(uname -sm)"
