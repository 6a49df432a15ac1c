"""Trains a classifier on exported outcomes and writes it as ONNX.

    pip install pandas scikit-learn skl2onnx onnxruntime
    python train.py OUTCOMES.csv MODEL_DIR [--until TIME]

OUTCOMES.csv comes from `millrace export millrace.<pipeline>.outcomes --format csv`: each row holds
the inputs as they were served and the label that came for them, so there is nothing to join.
Writes MODEL_DIR/model.onnx and MODEL_DIR/held-out.csv: the rows that the model has not seen, with
its scores, for `millrace profile` to make the drift detector's reference of. Scores of rows that
a model was fitted to are too sure of themselves to be compared with.
"""

import argparse
import pathlib

import numpy as np
import onnxruntime
import pandas as pd
from skl2onnx import to_onnx
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split

SEED = 1


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("outcomes", type=pathlib.Path)
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("--until", help="use events before this time only (ISO 8601)")
    parser.add_argument("--trees", type=int, default=60)
    arguments = parser.parse_args()

    rows = pd.read_csv(arguments.outcomes)
    if arguments.until:
        rows = rows[pd.to_datetime(rows["event_time"]) < pd.Timestamp(arguments.until)]
    inputs = [
        name
        for name in rows.columns
        if name.startswith("inputs.") and not name.endswith((".status", ".age_millis"))
    ]
    texts = [name for name in inputs if not pd.api.types.is_numeric_dtype(rows[name])]
    if texts:
        raise SystemExit(f"{arguments.outcomes}: not numeric: {', '.join(texts)}")

    fitted, held_out = train_test_split(
        rows, test_size=0.25, random_state=SEED, stratify=rows["label"]
    )
    # What serving hands to the model is float32, with NaN for what is not there.
    model = HistGradientBoostingClassifier(
        max_iter=arguments.trees, max_leaf_nodes=15, learning_rate=0.1, random_state=SEED
    ).fit(fitted[inputs].to_numpy(np.float32), fitted["label"])

    arguments.model.mkdir(parents=True, exist_ok=True)
    path = arguments.model / "model.onnx"
    sample = held_out[inputs].to_numpy(np.float32)
    onnx = to_onnx(model, sample[:1], options={"zipmap": False})
    path.write_bytes(onnx.SerializeToString())

    session = onnxruntime.InferenceSession(path.read_bytes())
    scores = session.run(["probabilities"], {session.get_inputs()[0].name: sample})[0][:, 1]
    np.testing.assert_allclose(scores, model.predict_proba(sample)[:, 1], atol=1e-5)
    held_out.assign(score=scores).to_csv(arguments.model / "held-out.csv", index=False)
    print(
        f"{path}: {len(fitted):,} rows, {len(inputs)} inputs, {path.stat().st_size:,} bytes, "
        f"ROC AUC {roc_auc_score(held_out['label'], scores):.4f} on {len(held_out):,} held-out rows"
    )


if __name__ == "__main__":
    main()
