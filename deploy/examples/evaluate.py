"""Compares the scores of exported outcomes with their labels.

    pip install -r requirements.txt
    python evaluate.py OUTCOMES.csv [--from TIME]
"""

import argparse

import pandas as pd
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("outcomes")
    parser.add_argument("--from", dest="start", help="use events from this time on (ISO 8601)")
    arguments = parser.parse_args()

    rows = pd.read_csv(arguments.outcomes, low_memory=False)
    if arguments.start:
        rows = rows[pd.to_datetime(rows["event_time"], utc=True, format="ISO8601") >= pd.to_datetime(arguments.start, utc=True)]
    scored = rows.dropna(subset=["score"])
    label, score = scored["label"], scored["score"]
    print(
        f"{len(scored):,} scored outcomes of {len(rows):,}, {label.mean():.1%} positive: "
        f"ROC AUC {roc_auc_score(label, score):.4f}, "
        f"average precision {average_precision_score(label, score):.4f}, "
        f"Brier score {brier_score_loss(label, score):.4f}"
    )


if __name__ == "__main__":
    main()
