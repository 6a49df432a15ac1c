package dev.millrace.drift.quality;

import dev.millrace.schemas.avro.Role;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What counts of a prediction or an outcome.
 *
 * @param modelVersion the version that scored
 * @param role name of the role in which it did
 * @param timeMillis event time
 * @param score the score
 * @param decision null: none was made
 * @param label null: a prediction
 * @param assumed whether the label was assumed
 * @param slices names of the slices that the row is in, as {@code field=value}
 * @param shadow the row of the shadow that scored the same event; null: none gave a score
 */
public record QualityRow(
    String modelVersion,
    String role,
    long timeMillis,
    double score,
    @Nullable Boolean decision,
    @Nullable Double label,
    boolean assumed,
    List<String> slices,
    @Nullable QualityRow shadow) {
  /** A row without a shadow. */
  public QualityRow(
      String modelVersion,
      String role,
      long timeMillis,
      double score,
      @Nullable Boolean decision,
      @Nullable Double label,
      boolean assumed,
      List<String> slices) {
    this(modelVersion, role, timeMillis, score, decision, label, assumed, slices, null);
  }

  /** This row with that of a shadow. */
  QualityRow with(String shadowVersion, double shadowScore, @Nullable Boolean shadowDecision) {
    return new QualityRow(
        modelVersion,
        role,
        timeMillis,
        score,
        decision,
        label,
        assumed,
        slices,
        new QualityRow(
            shadowVersion,
            Role.SHADOW.name(),
            timeMillis,
            shadowScore,
            shadowDecision,
            label,
            assumed,
            slices));
  }
}
