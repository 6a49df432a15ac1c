#!/bin/sh
# Trains the fraud model of this directory anew, as a user of Millrace would: runs the pipeline
# without its model, sends a month of simulated payments through it, exports what was served joined
# to the labels that came, trains on that, and profiles rows that the model has not seen.
#
#   pip install -r ../requirements.txt
#   ./retrain.sh
#
# MILLRACE names another bin/millrace, PYTHON another python3.
set -eu
cd "$(dirname "$0")"
millrace=${MILLRACE:-../../bin/millrace}
work=$(mktemp -d)

# Collecting: the same inputs, no model yet.
sed -e '/^  path:/d' -e '/^  score:/d' -e '/^  positive:/d' pipeline.yaml > collect.yaml
"$millrace" up collect.yaml --dir "$work/platform" > "$work/up.log" 2>&1 &
platform=$!
trap 'kill $platform 2> /dev/null; wait $platform || true; rm -f collect.yaml; rm -rf "$work"' EXIT
until grep -q 'Ctrl-C stops it' "$work/up.log"; do
  kill -0 $platform || { cat "$work/up.log"; exit 1; }
  sleep 1
done

# Another seed than the demo's, no drift, and a week first in which the windows fill. No faster than
# the loop keeps up with: a model should be trained on what it will be served.
"$millrace" simulate collect.yaml --dir "$work/platform" \
  --seed 1000 --warm-up 7d --warm-up-rate 500 --rate 300 --events 60000 --bad-share 0

# Labels come up to three simulated days after their payments, so the last days stay open. The rest
# is complete once its number stands still.
before=-1
count=0
while [ "$count" != "$before" ] || [ "$count" = 0 ]; do
  sleep 10
  before=$count
  "$millrace" export outcomes --dir "$work/platform" --format csv --out "$work/outcomes.csv"
  count=$(wc -l < "$work/outcomes.csv")
done

"${PYTHON:-python3}" ../train.py "$work/outcomes.csv" model --from 2026-01-12T00:00:00Z
"$millrace" profile collect.yaml model/held-out.csv --out model/profile.json
rm model/held-out.csv
