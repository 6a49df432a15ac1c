package dev.millrace.inference.onnx;

import static dev.millrace.inference.onnx.TestModels.flag;
import static dev.millrace.inference.onnx.TestModels.load;
import static dev.millrace.inference.onnx.TestModels.number;
import static dev.millrace.inference.onnx.TestModels.numbers;
import static dev.millrace.inference.onnx.TestModels.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.inference.onnx.Scored.Cause;
import dev.millrace.inference.onnx.Scored.Rejected;
import dev.millrace.inference.onnx.Scored.Score;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OnnxModelTest {
  // What the exporters' own libraries predict; make_models.py prints them.
  private static final double LOGISTIC = 0.71504116;
  private static final double LIGHTGBM = 0.5680805603999315;
  private static final double COLUMNS_WN = 0.9627805972856756;
  private static final double COLUMNS_NO_CARRIER = 0.16892382021085575;

  private static Scored score(OnnxModel model, @Nullable Object... inputs) {
    try (model;
        Scorer scorer = model.scorer()) {
      return scorer.score(inputs);
    }
  }

  private static double value(Scored scored) {
    assertThat(scored).isInstanceOf(Score.class);
    return ((Score) scored).value();
  }

  private static Rejected rejected(Scored scored) {
    assertThat(scored).isInstanceOf(Rejected.class);
    return (Rejected) scored;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"weigh-float", "weigh-double", "weigh-float16", "weigh-int64", "weigh-int32"})
  void oneTensorTakesTheInputsInOrderWithBooleansAsNumbers(String model) {
    OnnxModel weigh = load(model, "y", number("a"), flag("b"), number("c"));

    assertThat(score(weigh, 3.0, true, 2L)).isEqualTo(new Score(213));
  }

  @Test
  void oneTensorOfBooleansTakesBooleans() {
    OnnxModel weigh = load("weigh-bool", "y", flag("a"), flag("b"), flag("c"));

    assertThat(score(weigh, true, false, true)).isEqualTo(new Score(101));
    assertThatThrownBy(() -> load("weigh-bool", "y", flag("a"), number("b"), flag("c")))
        .isInstanceOf(ModelException.class)
        .hasMessageContainingAll("'b'", "bool [N, 3]", "a number");
  }

  @Test
  void anInt64TensorTakesIntegersThatNoDoubleHolds() {
    assertThat(score(load("equals-int64", "y", number("n")), (1L << 53) + 1))
        .isEqualTo(new Score(1));
    assertThat(score(load("equals-int64", "y", number("n")), 1L << 53)).isEqualTo(new Score(0));
  }

  @Test
  void anIntegerBeyondTheTensorsRangeIsNamed() {
    assertThat(
            rejected(score(load("weigh-int64", "y", numbers("a", "b", "c")), 0x1p63, 0, 0))
                .detail())
        .contains("'a'", "not a whole number");
    assertThat(
            rejected(score(load("weigh-int32", "y", numbers("a", "b", "c")), 0, 1L << 31, 0))
                .detail())
        .contains("'b'", "not a whole number");
  }

  @Test
  void aScorerForgetsTheLastEvent() {
    try (OnnxModel model = load("weigh-float", "y[0]", numbers("a", "b", "c"));
        Scorer scorer = model.scorer()) {
      assertThat(scorer.score(new Object[] {1, 1, 1})).isEqualTo(new Score(111));
      assertThat(rejected(scorer.score(new @Nullable Object[] {1, null, 1})).cause())
          .isEqualTo(Cause.NOT_FINITE);
      assertThat(scorer.score(new Object[] {0, 0, 2})).isEqualTo(new Score(200));
    }
  }

  @Test
  void columnsAreMatchedByNameWhateverTheirOrderAndType() {
    OnnxModel model =
        load(
            "columns",
            "y",
            text("s"),
            flag("b"),
            number("i"),
            number("l"),
            number("d"),
            number("f"));

    assertThat(score(model, null, true, 20L, 300L, 4000.0, 50000.0)).isEqualTo(new Score(54321));
  }

  @Test
  void aMissingValueThatTheTensorCannotHoldIsNamed() {
    Rejected rejected =
        rejected(score(load("weigh-int64", "y", numbers("a", "b", "c")), 1L, null, 0.5));

    assertThat(rejected.cause()).isEqualTo(Cause.INPUT);
    assertThat(rejected.detail()).contains("'b'", "missing", "'x'", "INT64");
    assertThat(rejected(score(load("weigh-int64", null, numbers("a", "b", "c")), 1, 1, 0.5)))
        .extracting(Rejected::detail)
        .asString()
        .contains("'c'", "not a whole number");
  }

  @Test
  void aMapOfClassesIsReadByNumberOrText() {
    assertThat(
            value(
                score(
                    load("sklearn-map-of-numbers", "output_probability[1]", numbers("a", "b")),
                    0.5,
                    -0.1)))
        .isEqualTo(LOGISTIC, within(1e-6));
    assertThat(
            value(
                score(
                    load("sklearn-map-of-text", "output_probability[late]", numbers("a", "b")),
                    0.5,
                    -0.1)))
        .isEqualTo(LOGISTIC, within(1e-6));
  }

  @Test
  void aRowOfProbabilitiesIsReadByPosition() {
    assertThat(
            value(score(load("sklearn-tensor", "probabilities[1]", numbers("a", "b")), 0.5, -0.1)))
        .isEqualTo(LOGISTIC, within(1e-6));
  }

  @Test
  void lightGbmIsRead() {
    assertThat(value(score(load("lightgbm", "probabilities[1]", numbers("a", "b")), 0.5, -0.1)))
        .isEqualTo(LIGHTGBM, within(1e-6));
  }

  @Test
  void textColumnsTakeTextAndMissingTextIsEmpty() {
    String output = "output_probability[1]";

    assertThat(
            value(
                score(
                    load("sklearn-columns", output, number("delay"), text("carrier")), 0.5, "WN")))
        .isEqualTo(COLUMNS_WN, within(1e-6));
    assertThat(
            value(
                score(
                    load("sklearn-columns", output, text("carrier"), number("delay")), null, 0.5)))
        .isEqualTo(COLUMNS_NO_CARRIER, within(1e-6));
  }

  @Test
  void aScoreThatIsNoNumberIsAValue() {
    Rejected rejected = rejected(score(load("logarithm", "logarithm", number("x")), -1));

    assertThat(rejected.cause()).isEqualTo(Cause.NOT_FINITE);
    assertThat(rejected.detail()).contains("logarithm", "NaN");
    assertThat(rejected(score(load("logarithm", null, number("x")), 0)).detail())
        .contains("-Infinity");
    assertThat(score(load("logarithm", "logarithm[0]", number("x")), 1)).isEqualTo(new Score(0));
  }

  @Test
  void theVersionIsTheStartOfTheDigest() {
    try (OnnxModel model = load("logarithm", null, number("x"))) {
      assertThat(model.version()).matches("[0-9a-f]{12}");
      assertThat(model.version()).isEqualTo(TestModels.file("logarithm").version());
      assertThat(model.version()).isNotEqualTo(TestModels.file("cube").version());
    }
  }

  @Test
  void aWrongNumberOfInputsIsRejected() {
    assertThatThrownBy(() -> load("weigh-float", "y", numbers("a", "b")))
        .isInstanceOf(ModelException.class)
        .hasMessageContainingAll("weigh-float.onnx", "'x'", "float [N, 3]", "2 inputs", "a, b");
  }

  @Test
  void textForATensorOfNumbersIsRejected() {
    assertThatThrownBy(() -> load("weigh-float", "y", number("a"), text("b"), text("c")))
        .isInstanceOf(ModelException.class)
        .hasMessageContainingAll("'b' is text", "'c' is text", "one input per column");
  }

  @Test
  void everyColumnThatDoesNotFitIsNamed() {
    assertThatThrownBy(() -> load("sklearn-columns", null, number("carrier"), number("speed")))
        .isInstanceOf(ModelException.class)
        .hasMessageContainingAll(
            "'carrier' (string [N, 1])",
            "a number",
            "'delay' (float [N, 1]) has no pipeline input",
            "the model has no input for the pipeline's input 'speed'");
  }

  @Test
  void anOutputThatIsNotThereIsRejected() {
    assertThatThrownBy(() -> load("sklearn-tensor", "score", numbers("a", "b")))
        .isInstanceOf(ModelException.class)
        .hasMessageContainingAll("'score'", "label (int64 [N])", "probabilities (float [N, 2])");
    assertThatThrownBy(() -> load("sklearn-tensor", null, numbers("a", "b")))
        .hasMessageContaining("several outputs");
    assertThatThrownBy(() -> load("sklearn-tensor", "probabilities[2]", numbers("a", "b")))
        .hasMessageContaining("2 values only");
    assertThatThrownBy(() -> load("sklearn-tensor", "probabilities", numbers("a", "b")))
        .hasMessageContaining("probabilities[1]");
    assertThatThrownBy(() -> load("sklearn-map-of-text", "output_probability", numbers("a", "b")))
        .hasMessageContaining("name one");
    assertThatThrownBy(() -> load("echo", "echo", text("word"))).hasMessageContaining("no numbers");
  }

  @Test
  void anOutputOfAnotherShapeIsFoundAtStart() {
    assertThatThrownBy(() -> load("cube", "y[0]", numbers("a", "b", "c", "d")))
        .isInstanceOf(ModelException.class)
        .hasMessageContainingAll("y[0]", "[N, 2, 2]", "more than one row");
    assertThatThrownBy(
            () -> load("sklearn-map-of-text", "output_probability[1]", numbers("a", "b")))
        .isInstanceOf(ModelException.class)
        .hasMessageContainingAll("class 1", "late", "on time");
  }

  @Test
  void bytesThatAreNoModelAreRejected() {
    ModelFile empty = ModelFile.of(Path.of("empty.onnx"), new byte[0]);

    assertThatThrownBy(() -> OnnxModel.load(empty, List.of(number("x")), null))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("empty.onnx");
  }
}
