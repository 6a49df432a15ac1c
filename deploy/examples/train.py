"""Trains a classifier on exported outcomes and writes it as ONNX.

    pip install -r requirements.txt
    python train.py OUTCOMES.csv MODEL_DIR [--from TIME] [--until TIME] [--held-out-from TIME]

OUTCOMES.csv comes from `millrace export millrace.<pipeline>.outcomes --format csv`: each row has
the inputs as they were served and their label, so that no join is needed.
Writes MODEL_DIR/model.onnx and MODEL_DIR/held-out.csv: rows that were not used for training, with
their scores. `millrace profile` makes the reference of the drift detector from them. The scores of
training rows are too extreme for a reference. Rows are held out at random, a quarter of them, or
all from a time on: then each day of the reference has as many rows as a day that is served.
"""

import argparse
import pathlib

import numpy as np
import onnxruntime
import pandas as pd
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder

SEED = 1


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("outcomes", type=pathlib.Path)
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("--from", dest="start", help="use events from this time on (ISO 8601)")
    parser.add_argument("--until", help="use events before this time only (ISO 8601)")
    parser.add_argument("--held-out-from", help="hold out the events from this time on (ISO 8601)")
    parser.add_argument("--trees", type=int, default=60)
    arguments = parser.parse_args()

    rows, text = read(arguments)
    inputs = as_served(rows)
    texts = [name for name in inputs if inputs[name].dtype == object]
    fitted, held_out = split(rows, arguments.held_out_from)
    boosting = HistGradientBoostingClassifier(
        max_iter=arguments.trees, max_leaf_nodes=15, learning_rate=0.1, random_state=SEED
    )
    if texts:
        # One tensor per column. A category that is not in the training rows is encoded as all zeros.
        encoder = OneHotEncoder(handle_unknown="ignore", sparse_output=False, dtype=np.float32)
        columns = ColumnTransformer([("text", encoder, texts)], remainder="passthrough")
        model = make_pipeline(columns, boosting)
        types = [
            (name, (StringTensorType if name in texts else FloatTensorType)([None, 1]))
            for name in inputs
        ]
    else:
        model = make_pipeline(FunctionTransformer(), boosting)
        types = [("inputs", FloatTensorType([None, inputs.shape[1]]))]
    model.fit(inputs.loc[fitted], rows["label"][fitted])

    arguments.model.mkdir(parents=True, exist_ok=True)
    path = arguments.model / "model.onnx"
    onnx = to_onnx(model, initial_types=types, options={"zipmap": False})
    path.write_bytes(onnx.SerializeToString())

    unseen = inputs.loc[held_out]
    feed = (
        {name: unseen[[name]].to_numpy() for name in unseen}
        if texts
        else {"inputs": unseen.to_numpy()}
    )
    scores = onnxruntime.InferenceSession(path).run(["probabilities"], feed)[0][:, 1]
    np.testing.assert_allclose(scores, model.predict_proba(unseen)[:, 1], atol=1e-4)
    # The values are the unchanged text of the export.
    profiled = text.loc[held_out].assign(score=scores)
    profiled.to_csv(arguments.model / "held-out.csv", index=False)
    print(
        f"{path}: {len(fitted):,} rows, {inputs.shape[1]} inputs, {path.stat().st_size:,} bytes, "
        f"ROC AUC {roc_auc_score(rows['label'][held_out], scores):.4f} "
        f"on {len(held_out):,} held-out rows"
    )


def read(arguments):
    """The outcomes of the requested period: with types, and as the text of the file."""
    text = pd.read_csv(arguments.outcomes, dtype=str, keep_default_na=False)
    time = times(text)
    wanted = pd.Series(True, index=text.index)
    if arguments.start:
        wanted &= time >= pd.to_datetime(arguments.start, utc=True)
    if arguments.until:
        wanted &= time < pd.to_datetime(arguments.until, utc=True)
    # An empty field is null, and NaN is a number: 0 / 0 in an expression. NA is the code of Namibia.
    rows = pd.read_csv(
        arguments.outcomes, keep_default_na=False, na_values=["", "NaN"], low_memory=False
    )
    return rows[wanted].reset_index(drop=True), text[wanted].reset_index(drop=True)


def split(rows, held_out_from):
    """The indexes of the rows to train on, and of those held out."""
    if held_out_from:
        later = times(rows) >= pd.to_datetime(held_out_from, utc=True)
        return rows.index[~later], rows.index[later]
    return train_test_split(rows.index, test_size=0.25, random_state=SEED, stratify=rows["label"])


def times(rows):
    return pd.to_datetime(rows["event_time"], utc=True, format="ISO8601")


def as_served(rows):
    """The inputs as they are served to a model: float32 with NaN, or text with ""."""
    inputs = pd.DataFrame(index=rows.index)
    for column in rows:
        if column.startswith("inputs.") and not column.endswith((".status", ".age_millis")):
            values = rows[column]
            truths = values.dropna().isin([True, False]).all()
            text = not pd.api.types.is_numeric_dtype(values) and not truths
            inputs[column.removeprefix("inputs.")] = (
                values.fillna("").astype(object) if text else values.astype(np.float32)
            )
    return inputs


if __name__ == "__main__":
    main()
