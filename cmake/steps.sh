# Sourced by setup.sh, demo.sh and test.sh: one line a step on the terminal, everything else in build/log/.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
export LC_ALL=C.UTF-8 PYTHONDONTWRITEBYTECODE=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1
# A clone elsewhere finds what this one has compiled.
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1
mkdir -p build/log
jobs=$(nproc 2>/dev/null || echo 2)

# step "what is done" log-name command... : its status is the command's; on failure the end of the log is shown.
step() {
  local title=$1 log=build/log/$2.log start=$SECONDS status
  shift 2
  printf '%-58s' "$title"
  "$@" >"$log" 2>&1 </dev/null
  status=$?
  if [ $status -eq 0 ]; then
    printf 'ok %5ds\n' $((SECONDS - start))
  else
    printf 'FAILED after %ds, the end of %s:\n' $((SECONDS - start)) "$log"
    grep -vE 'Start +[0-9]+: |Passed +[0-9.]+ sec|^$' "$log" | tail -n 60 | sed 's/^/    /'
  fi
  return $status
}

# A digest of files' names and bytes, to see whether anything changed.
digest_of() {
  find "$@" -type f -not -name '*.pyc' -not -path '*/__pycache__/*' -print0 | LC_ALL=C sort -z | xargs -0 sha256sum |
    sha256sum | cut -d' ' -f1
}
