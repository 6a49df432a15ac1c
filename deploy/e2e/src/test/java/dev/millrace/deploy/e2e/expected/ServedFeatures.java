package dev.millrace.deploy.e2e.expected;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.pipeline.FeatureView;
import dev.millrace.schemas.pipeline.Model;
import dev.millrace.schemas.pipeline.ModelInput;
import dev.millrace.schemas.pipeline.Operation;
import dev.millrace.schemas.pipeline.Pipeline;
import java.util.Map;
import java.util.Objects;
import org.apache.avro.generic.GenericRecord;
import org.assertj.core.data.Offset;
import org.jspecify.annotations.Nullable;

/** Compares the served features of predictions with those of a {@link FeatureOracle}. */
public final class ServedFeatures {
  /** Relative; for operations with rounding. */
  private static final double TOLERANCE = 1e-9;

  /** Relative; for a model of float32, whose predictions contain the rounded inputs. */
  private static final double SINGLE_PRECISION = 0x1p-23;

  private final Pipeline pipeline;
  private final FeatureView view;
  private final FeatureOracle oracle;
  private int compared;

  public ServedFeatures(Pipeline pipeline, FeatureView view, FeatureOracle oracle) {
    this.pipeline = pipeline;
    this.view = view;
    this.oracle = oracle;
  }

  /** Values that were compared so far. */
  public int compared() {
    return compared;
  }

  /**
   * Checks every input of a prediction that is a feature of the view, as of the event that the
   * event reference of the row names.
   *
   * @param exact whether sums of the inputs are exact, as they are for whole numbers
   */
  public void check(GenericRecord prediction, String entity, boolean exact) {
    GenericRecord row = row(prediction);
    if (row == null) {
      return;
    }
    Map<String, @Nullable Object> expected = oracle.asOf(entity, row.get("event_id").toString());
    GenericRecord inputs = (GenericRecord) prediction.get("inputs");
    for (ModelInput input : pipeline.inputs()) {
      String prefix = view.name() + ".";
      if (input.kind() == ModelInput.Kind.VIEW_FEATURE
          && input.expression().source().startsWith(prefix)) {
        String feature = input.expression().source().substring(prefix.length());
        GenericRecord served = (GenericRecord) inputs.get(input.name());
        if (!served.get("status").toString().equals("OUTSIDE_MAX_AGE")) {
          compare(prediction, feature, served.get("value"), expected.get(feature), exact);
        }
      }
    }
  }

  private double tolerance() {
    Model model = pipeline.model();
    return model == null || model.path() == null ? TOLERANCE : SINGLE_PRECISION;
  }

  private @Nullable GenericRecord row(GenericRecord prediction) {
    GenericRecord views = (GenericRecord) prediction.get("views");
    return (GenericRecord) ((GenericRecord) views.get(view.name())).get("row");
  }

  private void compare(
      GenericRecord prediction,
      String feature,
      @Nullable Object served,
      @Nullable Object expected,
      boolean exact) {
    String what = "%s of event %s".formatted(feature, prediction.get("event_id"));
    compared++;
    Operation operation = view.feature(feature).operation();
    boolean rounded =
        operation == Operation.STDDEV
            || (!exact && (operation == Operation.SUM || operation == Operation.AVG));
    if (expected instanceof Number number && rounded) {
      double value = number.doubleValue();
      assertThat((Double) Objects.requireNonNull(served, what))
          .as(what)
          .isCloseTo(value, Offset.offset(Math.max(1, Math.abs(value)) * tolerance()));
    } else if (expected instanceof Number number) {
      // A model of float32 gets the value in single precision, and the prediction contains that.
      assertThat(served).as(what).isIn(number.doubleValue(), (double) number.floatValue());
    } else {
      assertThat(served).as(what).isEqualTo(expected);
    }
  }
}
