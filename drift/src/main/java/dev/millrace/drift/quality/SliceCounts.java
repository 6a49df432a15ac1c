package dev.millrace.drift.quality;

import dev.millrace.schemas.operation.StateReader;
import dev.millrace.schemas.operation.StateWriter;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All counts of one slice of one window: either of predictions whose labels are not known, or of
 * outcomes. Encoded it takes less than 8 KB, and 4 KB more for each shadow. Not thread-safe.
 */
public final class SliceCounts {
  private static final int PREDICTIONS = 1;
  private static final int BINARY = 2;
  private static final int REGRESSION = 4;
  private static final int IN_PARTS = 8;
  private static final int LOSSES = 16;
  private static final int PAIRS = 32;

  private @Nullable PredictionCounts predictions;
  private @Nullable BinaryCounts binary;
  private @Nullable RegressionCounts regression;
  private @Nullable PartCounts parts;
  private @Nullable LossCounts losses;

  /** By version of the shadow: it may change within a window. */
  private final TreeMap<String, PairedCounts> pairs = new TreeMap<>();

  private long observed;
  private long assumed;
  private long excluded;

  /**
   * Counts a row.
   *
   * @param isBinary whether labels are 0 or 1, and others are excluded
   * @param part of the window; negative: parts are not counted
   */
  void add(QualityRow row, boolean isBinary, int part) {
    Double label = row.label();
    if (label == null) {
      predictions = predictions == null ? new PredictionCounts() : predictions;
      predictions.add(row.score(), row.decision());
      return;
    }
    observed += row.assumed() ? 0 : 1;
    assumed += row.assumed() ? 1 : 0;
    QualityRow shadow = row.shadow();
    if (shadow != null) {
      pairs
          .computeIfAbsent(shadow.modelVersion(), version -> new PairedCounts())
          .add(row, shadow, label, isBinary, part);
    }
    if (!isBinary) {
      regression = regression == null ? new RegressionCounts() : regression;
      boolean counted = regression.add(row.score(), label);
      addPart(part, row.score() > label);
      if (part >= 0 && counted) {
        losses = losses();
        losses.add(Math.abs(row.score() - label));
      }
    } else if (label == 0 || label == 1) {
      binary = binary == null ? new BinaryCounts() : binary;
      boolean positive = label == 1;
      binary.add(row.score(), row.decision(), positive);
      addPart(part, row.decision() == null ? positive : row.decision() != positive);
    } else {
      excluded++;
    }
  }

  private void addPart(int part, boolean error) {
    if (part >= 0) {
      parts = parts == null ? new PartCounts() : parts;
      parts.add(part, error);
    }
  }

  /** The counts of predictions without labels. */
  PredictionCounts predictions() {
    return predictions == null ? new PredictionCounts() : predictions;
  }

  /** The counts of outcomes with labels of two classes. */
  BinaryCounts binary() {
    return binary == null ? new BinaryCounts() : binary;
  }

  /** The counts of outcomes with numeric labels. */
  RegressionCounts regression() {
    return regression == null ? new RegressionCounts() : regression;
  }

  /** Labelled rows and errors by part; of all rows only. */
  PartCounts parts() {
    return parts == null ? new PartCounts() : parts;
  }

  /** The absolute errors of a regression; of all rows only. */
  LossCounts losses() {
    return losses == null ? new LossCounts() : losses;
  }

  /** Events that a shadow scored, too, by its version. */
  Map<String, PairedCounts> pairs() {
    return pairs;
  }

  /** Labels received. */
  long observed() {
    return observed;
  }

  /** Labels assumed. */
  long assumed() {
    return assumed;
  }

  /** Labels that are in no metric. */
  long excluded() {
    return excluded + (regression == null ? 0 : regression.excluded());
  }

  /** The counts in bytes. */
  byte[] toBytes() {
    StateWriter out = new StateWriter();
    out.varint(
        (predictions == null ? 0 : PREDICTIONS)
            + (binary == null ? 0 : BINARY)
            + (regression == null ? 0 : REGRESSION)
            + (parts == null ? 0 : IN_PARTS)
            + (losses == null ? 0 : LOSSES)
            + (pairs.isEmpty() ? 0 : PAIRS));
    out.varint(observed);
    out.varint(assumed);
    out.varint(excluded);
    if (predictions != null) {
      predictions.write(out);
    }
    if (binary != null) {
      binary.write(out);
    }
    if (regression != null) {
      regression.write(out);
    }
    if (parts != null) {
      parts.write(out);
    }
    if (losses != null) {
      losses.write(out);
    }
    if (!pairs.isEmpty()) {
      out.varint(pairs.size());
      pairs.forEach(
          (version, counts) -> {
            out.text(version);
            counts.write(out);
          });
    }
    return out.toBytes();
  }

  /** Adds counts that {@link #toBytes} encoded. */
  SliceCounts add(byte[] bytes) {
    StateReader in = new StateReader(bytes);
    long kinds = in.varint();
    observed += in.varint();
    assumed += in.varint();
    excluded += in.varint();
    if ((kinds & PREDICTIONS) != 0) {
      predictions = predictions();
      predictions.read(in);
    }
    if ((kinds & BINARY) != 0) {
      binary = binary();
      binary.read(in);
    }
    if ((kinds & REGRESSION) != 0) {
      regression = regression();
      regression.read(in);
    }
    if ((kinds & IN_PARTS) != 0) {
      parts = parts();
      parts.read(in);
    }
    if ((kinds & LOSSES) != 0) {
      losses = losses();
      losses.read(in);
    }
    if ((kinds & PAIRS) != 0) {
      for (long left = in.varint(); left > 0; left--) {
        pairs.computeIfAbsent(in.text(), version -> new PairedCounts()).read(in);
      }
    }
    return this;
  }
}
