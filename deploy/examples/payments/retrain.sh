#!/bin/sh
# Trains a new fraud model in this directory: runs the pipeline without its model, sends two months
# of simulated payments, exports the served inputs joined with their labels, trains on the first four
# weeks, and profiles the four weeks after them.
#
#   pip install -r ../requirements.txt
#   ./retrain.sh
#
# MILLRACE sets another bin/millrace, PYTHON another python3.
set -eu
cd "$(dirname "$0")"
millrace=${MILLRACE:-../../bin/millrace}
work=$(mktemp -d)

# Collect: the same inputs, without a model.
sed -e '/^  path:/d' -e '/^  score:/d' -e '/^  positive:/d' pipeline.yaml > collect.yaml
"$millrace" up collect.yaml --dir "$work/platform" > "$work/up.log" 2>&1 &
platform=$!
trap 'kill $platform 2> /dev/null; wait $platform || true; rm -f collect.yaml; rm -rf "$work"' EXIT
until grep -q 'Press Ctrl-C to stop' "$work/up.log"; do
  kill -0 $platform || { cat "$work/up.log"; exit 1; }
  sleep 1
done

# Another seed than the demo, no drift, and a warm-up of a week in which the windows fill. The payments
# wait for the services, so that the training inputs equal those that the model will be served.
"$millrace" simulate collect.yaml --dir "$work/platform" \
  --seed 1000 --warm-up 7d --warm-up-rate 500 --rate 300 --max-lag 2s --events 124000 --bad-share 0

# Labels arrive up to three simulated days after their payments, so the last days have no outcomes.
# The others are complete when their number does not change any more.
before=-1
count=0
while [ "$count" != "$before" ] || [ "$count" = 0 ]; do
  sleep 10
  before=$count
  "$millrace" export outcomes --dir "$work/platform" --format csv --out "$work/outcomes.csv"
  count=$(wc -l < "$work/outcomes.csv")
done

"${PYTHON:-python3}" ../train.py "$work/outcomes.csv" model \
  --from 2026-01-12T00:00:00Z --held-out-from 2026-02-09T00:00:00Z --until 2026-03-09T00:00:00Z
"$millrace" profile pipeline.yaml model/held-out.csv --out model/profile.json
rm model/held-out.csv
