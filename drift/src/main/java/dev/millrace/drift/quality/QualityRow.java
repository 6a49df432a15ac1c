package dev.millrace.drift.quality;

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
 */
public record QualityRow(
    String modelVersion,
    String role,
    long timeMillis,
    double score,
    @Nullable Boolean decision,
    @Nullable Double label,
    boolean assumed,
    List<String> slices) {}
