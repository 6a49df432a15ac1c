package dev.millrace.deploy.e2e.expected;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.operation.Operation;
import dev.millrace.schemas.pipeline.Lookup;
import dev.millrace.schemas.pipeline.Model;
import dev.millrace.schemas.pipeline.ModelInput;
import dev.millrace.schemas.pipeline.Pipeline;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.apache.avro.generic.GenericRecord;
import org.assertj.core.data.Offset;
import org.jspecify.annotations.Nullable;

/**
 * Compares the served features of predictions with those of a {@link FeatureOracle}, as of the time
 * of the event.
 */
public final class ServedFeatures {
  /** Relative; for operations with rounding. */
  private static final double TOLERANCE = 1e-9;

  /** Relative; for a model of float32, whose predictions contain the rounded inputs. */
  private static final double SINGLE_PRECISION = 0x1p-23;

  private final Pipeline pipeline;
  private final Lookup lookup;
  private final FeatureOracle oracle;
  private int compared;
  private int present;

  /**
   * @param oracle for the view of the lookup
   */
  public ServedFeatures(Pipeline pipeline, Lookup lookup, FeatureOracle oracle) {
    this.pipeline = pipeline;
    this.lookup = lookup;
    this.oracle = oracle;
  }

  /** The lookup whose features are compared. */
  public Lookup lookup() {
    return lookup;
  }

  /** Values that were compared with the exact value so far. */
  public int compared() {
    return compared;
  }

  /** How many of the compared values were neither null nor 0. */
  public int present() {
    return present;
  }

  /**
   * Checks every input of a prediction that is a feature of a view of the scored source with its
   * key. The event itself and all events before it in its partition are known.
   *
   * @param exact whether sums of the inputs are exact, as they are for whole numbers
   */
  public void checkOwn(GenericRecord prediction, boolean exact) {
    String id = prediction.get("event_id").toString();
    boolean isOfAllEvents = pipeline.align() && isComplete(prediction);
    Map<String, @Nullable Object> expected =
        isOfAllEvents
            ? oracle.asOf(prediction.get("key").toString(), time(prediction))
            : oracle.asOf(prediction.get("key").toString(), id);
    forEachInput(
        prediction,
        (feature, served) -> compare(prediction, feature, served, expected.get(feature), exact));
  }

  /**
   * Checks every input of a prediction that is a feature of another view. If the prediction is
   * complete, the values are those over all events that are not newer. Otherwise events may be
   * missing, but a count is not greater, and includes the scored event if the view is made of it.
   *
   * @param entity that the event names
   * @param exact whether sums of the inputs are exact, as they are for whole numbers
   */
  public void check(GenericRecord prediction, String entity, boolean exact) {
    Map<String, @Nullable Object> all = oracle.asOf(entity, time(prediction));
    boolean isComplete = isComplete(prediction);
    forEachInput(
        prediction,
        (feature, served) -> {
          if (isComplete) {
            compare(prediction, feature, served, orNoRow(all, served, feature), exact);
          } else if (lookup.view().feature(feature).operation() == Operation.COUNT) {
            double most = (Double) Objects.requireNonNull(all.get(feature), feature);
            boolean isOfScored = lookup.view().from().equals(pipeline.score());
            assertThat(served == null ? 0.0 : (Double) served)
                .as("%s of event %s", feature, prediction.get("event_id"))
                .isBetween(isOfScored ? Math.min(1, most) : 0, most);
          }
        });
  }

  /** Without an event in its windows an entity may have no features any more: a count is null. */
  private static @Nullable Object orNoRow(
      Map<String, @Nullable Object> all, @Nullable Object served, String feature) {
    boolean isEmpty = all.values().stream().allMatch(value -> value == null || value.equals(0.0));
    return isEmpty && served == null ? null : all.get(feature);
  }

  private static long time(GenericRecord prediction) {
    return (Long) prediction.get("event_time");
  }

  private static boolean isComplete(GenericRecord prediction) {
    return (Boolean) ((GenericRecord) prediction.get("vector")).get("complete");
  }

  /** Passes on each feature of the lookup that is an input, with its served value. */
  private void forEachInput(GenericRecord prediction, BiConsumer<String, @Nullable Object> action) {
    GenericRecord inputs = (GenericRecord) prediction.get("inputs");
    String prefix = lookup.name() + ".";
    for (ModelInput input : pipeline.inputs()) {
      String source = input.expression().source();
      if (input.kind() == ModelInput.Kind.VIEW_FEATURE && source.startsWith(prefix)) {
        GenericRecord served = (GenericRecord) inputs.get(input.name());
        if (!served.get("status").toString().equals("OUTSIDE_MAX_AGE")) {
          action.accept(source.substring(prefix.length()), served.get("value"));
        }
      }
    }
  }

  private double tolerance() {
    Model model = pipeline.model();
    return model == null || model.path() == null ? TOLERANCE : SINGLE_PRECISION;
  }

  private void compare(
      GenericRecord prediction,
      String feature,
      @Nullable Object served,
      @Nullable Object expected,
      boolean exact) {
    String what = "%s of event %s".formatted(feature, prediction.get("event_id"));
    compared++;
    present += served == null || served.equals(0.0) ? 0 : 1;
    Operation operation = lookup.view().feature(feature).operation();
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
