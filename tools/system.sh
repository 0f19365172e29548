#!/usr/bin/env bash
# Makes sure of the system libraries: `tools/system.sh run` for the window, `tools/system.sh test` also for the
# tests under a real X server, `tools/system.sh venv PYTHON` for the venv module. Installs with apt-get where it
# may (root, or sudo without a password); otherwise names the packages. Only `venv` treats their absence as fatal:
# reading recordings needs none of the rest.
set -euo pipefail

say() { printf 'platescribe: %s\n' "$*" >&2; }

# library or program : Debian and Ubuntu package
window="libGL.so.1:libgl1 libEGL.so.1:libegl1 libgthread-2.0.so.0:libglib2.0-0 libdbus-1.so.3:libdbus-1-3
libfontconfig.so.1:libfontconfig1 libX11-xcb.so.1:libx11-xcb1 libxkbcommon-x11.so.0:libxkbcommon-x11-0
libxcb-icccm.so.4:libxcb-icccm4 libxcb-image.so.0:libxcb-image0 libxcb-keysyms.so.1:libxcb-keysyms1
libxcb-randr.so.0:libxcb-randr0 libxcb-render-util.so.0:libxcb-render-util0 libxcb-shape.so.0:libxcb-shape0
libxcb-util.so.1:libxcb-util1 libxcb-xfixes.so.0:libxcb-xfixes0 libxcb-xinerama.so.0:libxcb-xinerama0
libxcb-xkb.so.1:libxcb-xkb1"
testing="Xvfb:xvfb xdotool:xdotool"

present() {
    case $1 in
        *.so.*) { PATH=$PATH:/sbin:/usr/sbin ldconfig -p 2>/dev/null || true; } | grep -qF "$1" ;;
        *) command -v "$1" >/dev/null ;;
    esac
}

missing() {
    for pair in "$@"; do
        present "${pair%%:*}" || echo "${pair#*:}"
    done
}

elevate() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

may_install() {
    command -v apt-get >/dev/null || return 1
    [ "$(id -u)" = 0 ] || { command -v sudo >/dev/null && sudo -n true 2>/dev/null; }
}

install() {
    say "installing with apt-get: $*"
    elevate env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$@" >&2 && return
    elevate apt-get update -qq >&2 || true
    elevate env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$@" >&2
}

require() {
    [ $# -gt 0 ] || return 0
    if may_install && install "$@"; then return 0; fi
    say "these system packages are missing and may not be installed from here: $*"
    say "on Debian or Ubuntu:  sudo apt-get install $*"
    return 1
}

[ "$(uname -s)" = Linux ] || exit 0
# shellcheck disable=SC2046,SC2086  # word lists are meant to be split
case ${1:-run} in
    run) require $(missing $window) || say "going on: the window may not open; reading recordings does not need them" ;;
    test) require $(missing $window $testing) || say "going on: tests that need them say so" ;;
    venv)
        version=$("$2" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        require "python$version-venv"
        ;;
    *)
        say "usage: tools/system.sh run|test|venv PYTHON"
        exit 2
        ;;
esac
