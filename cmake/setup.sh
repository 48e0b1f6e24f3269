#!/usr/bin/env bash
# Brings a fresh Debian 12 machine to where dualtrack builds and runs, and does nothing where nothing is missing:
# Debian packages (root or sudo), a virtual environment in build/venv with pinned packages, and the wheel in it.
# Usage: bash cmake/setup.sh [demo|test]     "test" also installs what the tests need; nothing given means test.
. "$(dirname "$0")/steps.sh"
purpose=${1:-test}

packages="g++ cmake ninja-build pkg-config libboost1.81-dev python3 python3-venv ccache"
if [ "$purpose" = test ]; then
  packages="$packages gcc binutils libgtest-dev libbenchmark-dev clang-14 abigail-tools"
fi

missing() {
  local package
  for package in $packages; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || printf '%s ' "$package"
  done
}

install_packages() {
  local as_root="" apt
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || { echo "need root or sudo to install: $*"; return 1; }
    as_root="sudo -n"
  fi
  apt="$as_root env DEBIAN_FRONTEND=noninteractive apt-get -y -q"
  # Fresh package lists only when the ones at hand do not do.
  $apt install --no-install-recommends "$@" || { $apt update && $apt install --no-install-recommends "$@"; }
}

if command -v dpkg-query >/dev/null; then
  wanted=$(missing)
  if [ -n "$wanted" ]; then
    # shellcheck disable=SC2086
    step "Install Debian packages" packages install_packages $wanted || exit 1
  fi
else
  echo "No dpkg here: please see to it that these are installed: $packages"
fi

python=/usr/bin/python3
[ -x $python ] || python=python3
make_venv() { rm -rf build/venv && $python -m venv build/venv; }
if ! build/venv/bin/python -c 'import pip' 2>/dev/null; then
  step "Make a virtual environment in build/venv" venv make_venv || exit 1
fi

wanted=$(sha256sum <cmake/requirements.txt)
if [ "$(cat build/venv/.requirements 2>/dev/null)" != "$wanted" ]; then
  step "Install pinned Python packages" requirements \
    build/venv/bin/python -m pip install --progress-bar off -r cmake/requirements.txt || exit 1
  echo "$wanted" >build/venv/.requirements
fi

# The wheel carries the shared library; every optional package it can use is among the pinned ones.
make_wheel() {
  rm -rf build/wheel/dist
  CXX=${CXX:-g++} PATH="$PWD/build/venv/bin:$PATH" build/venv/bin/python -m pip wheel --no-build-isolation --no-deps \
    --no-index -w build/wheel/dist --config-settings=build-dir="$PWD/build/wheel/cmake" ./bindings/python &&
    build/venv/bin/python -m pip install --no-deps --no-index --force-reinstall build/wheel/dist/*.whl &&
    build/venv/bin/python -m pip check
}
if [ -f bindings/python/pyproject.toml ]; then
  wanted=$(digest_of CMakeLists.txt cmake/options.cmake cmake/install.cmake include src capi bindings/python)
  if [ "$(cat build/venv/.wheel 2>/dev/null)" != "$wanted" ]; then
    step "Build the wheel and install it into build/venv" wheel make_wheel || exit 1
    echo "$wanted" >build/venv/.wheel
  fi
fi
