#!/usr/bin/env bash
# Sets up, builds, makes a demonstration organisation, runs every analysis on it and says what came out.
# Usage: bash cmake/demo.sh [--sellers N]      A second run does only what changed.
. "$(dirname "$0")/steps.sh"
sellers=240
while [ $# -gt 0 ]; do
  case $1 in
    --sellers) sellers=${2:?}; shift 2 ;;
    *) echo "usage: bash cmake/demo.sh [--sellers N]" >&2; exit 2 ;;
  esac
done

bash cmake/setup.sh demo || exit 1
demo=build/demo
dualtrack=build/venv/bin/dualtrack
python=build/venv/bin/python

# Made by this wheel, with this size: then it is still good.
state="$(cat build/venv/.wheel) $sellers"
if [ "$(cat $demo/.state 2>/dev/null)" != "$state" ]; then
  rm -rf $demo
  mkdir -p $demo/results
  step "Make an organisation of $sellers sellers" demo-synth \
    $dualtrack synth --out $demo/data --sellers "$sellers" --months 24 --seed 1 || exit 1
  analyses=$($python -c 'import dualtrack; print(*(a["name"] for a in dualtrack.catalog()["analyses"]))') || exit 1
  for analysis in $analyses; do
    step "Run $analysis" "demo-run-$analysis" \
      $dualtrack run "$analysis" --data $demo/data --out "$demo/results/$analysis" || exit 1
  done
  step "Write the report" demo-report $dualtrack report --data $demo/data -o $demo/report.html || exit 1
  echo "$state" >$demo/.state
fi

echo
$dualtrack summary --data $demo/data || exit 1
cat <<EOF

The page      $demo/report.html
The tables    $demo/data   (what really is true of these people: $demo/data/truth)
The results   $demo/results/ANALYSIS
Try it        build/venv/bin/dualtrack --help    build/venv/bin/python -c 'import dualtrack'
EOF
