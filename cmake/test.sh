#!/usr/bin/env bash
# Sets up, builds and runs every test; the last line is the count. Usage: bash cmake/test.sh [--quick|--all]
#   (nothing)  every test, and those of the edges, where foreign memory is read, under sanitizers as well
#   --quick    every test, nothing twice
#   --all      before a release: the promises of value added with all their draws; every C++ test under the address and
#              undefined-behaviour sanitizers, and as clang compiles it; those with threads under the thread sanitizer
# Each test is counted once, from the dev build and from pytest; a failure anywhere else counts as a failure.
. "$(dirname "$0")/steps.sh"
again=edges
for option in "$@"; do
  case $option in
    --quick) again=nothing ;;
    --all) again=all ;;
    *) echo "usage: bash cmake/test.sh [--quick|--all]" >&2; exit 2 ;;
  esac
done
passed=0 failed=0 skipped=0

finish() {
  echo "$passed passed, $failed failed, $skipped skipped"
  [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
  exit
}

# Reads the totals of a JUnit file: tests, failures and errors, skipped.
totals() {
  /usr/bin/env python3 - "$1" <<'PY'
import sys, xml.etree.ElementTree as tree
try:
    root = tree.parse(sys.argv[1]).getroot()
except (OSError, tree.ParseError):
    print(0, 1, 0)
    sys.exit()
suites = [root] if root.tag == "testsuite" else list(root)
total = lambda *keys: sum(int(s.get(k) or 0) for s in suites for k in keys)
wrong, left_out = total("failures", "errors"), total("skipped", "disabled")
print(total("tests") - wrong - left_out, wrong, left_out)
PY
}

# count FILE STATUS: adds a JUnit file; a run that failed without naming a test is one failure.
count() {
  local p f s
  read -r p f s <<<"$(totals "$1")"
  if [ "$2" -ne 0 ] && [ "$f" -eq 0 ]; then f=1; fi
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
}

count_failures() {
  local p f s
  read -r p f s <<<"$(totals "$1")"
  if [ "$2" -ne 0 ] && [ "$f" -eq 0 ]; then f=1; fi
  failed=$((failed + f))
}

# build_preset PRESET [TARGET...]
build_preset() {
  local preset=$1
  shift
  cmake --preset "$preset" && cmake --build --preset "$preset" --parallel "$jobs" ${1:+--target "$@"} -- -k 0
}

bash cmake/setup.sh test || { failed=1; finish; }

# 1. The build everyone uses, and all of its tests.
if step "Build (g++, -O2)" build-dev build_preset dev; then
  rm -f build/log/ctest.xml
  step "C++ and C tests" ctest ctest --preset dev -j "$jobs" --output-junit "$PWD/build/log/ctest.xml"
  count build/log/ctest.xml $?
else
  failed=$((failed + 1))
fi

# 2. The library as it is shipped, in the wheel: exports, imports, hardening.
for library in build/venv/lib/python3*/site-packages/dualtrack/libdualtrack.so; do
  [ -f "$library" ] || continue
  for what in exports imports hardening; do
    if step "Shipped library: $what" "shipped-$what" \
      cmake -DWHAT=$what -DHEADER=capi/dualtrack.h -DLIBRARY="$library" -P tests/abi/check.cmake; then
      passed=$((passed + 1))
    else
      failed=$((failed + 1))
    fi
  done
done

# 3. Python, against the installed wheel.
if compgen -G 'tests/python/test_*.py' >/dev/null; then
  rm -f build/log/pytest.xml
  # A shell that starts this in the background has it ignore interrupts; the tests of Ctrl-C need the default.
  step "Python tests" pytest env --default-signal=INT \
    build/venv/bin/python -m pytest -q -p no:cacheprovider tests/python --junitxml=build/log/pytest.xml
  count build/log/pytest.xml $?
fi

# 4. The same C++ tests under sanitizers and as clang compiles them.
# Where the kernel spreads addresses widely, the thread sanitizer of g++ 12 gives up: so without randomisation.
fixed_addresses=""
setarch "$(uname -m)" -R true 2>/dev/null && fixed_addresses="setarch $(uname -m) -R"

# sanitized PRESET TITLE EXPRESSION [TARGET...]: builds the targets (all) and runs the unit tests whose names match.
sanitized() {
  local preset=$1 title=$2 tests=$3
  shift 3
  if step "Build ($title)" "build-$preset" build_preset "$preset" "$@"; then
    rm -f "build/log/$preset.xml"
    # shellcheck disable=SC2086
    step "Unit tests ($title)" "ctest-$preset" $fixed_addresses \
      ctest --preset "$preset" -j "$jobs" -L unit -R "$tests" --output-junit "$PWD/build/log/$preset.xml"
    count_failures "build/log/$preset.xml" $?
  else
    failed=$((failed + 1))
  fi
}
if [ $again = edges ]; then
  sanitized asan-ubsan "address, undefined behaviour" '^(ingest|report|capi|org)\.' \
    test_ingest test_report test_capi test_org
elif [ $again = all ]; then
  if [ -f build/dev/CTestTestfile.cmake ]; then
    rm -f build/log/long.xml
    step "Promises at full scale" ctest-long ctest --preset dev -C long -L long --output-junit "$PWD/build/log/long.xml"
    count build/log/long.xml $?
  fi
  sanitized asan-ubsan "address, undefined behaviour" .
  sanitized clang "clang" .
  sanitized tsan "threads" 'thread|parallel|concurren|cancel|race' test_base test_run test_capi
fi
finish
