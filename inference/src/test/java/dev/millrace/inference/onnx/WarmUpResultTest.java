package dev.millrace.inference.onnx;

import static dev.millrace.inference.onnx.TestModels.load;
import static dev.millrace.inference.onnx.TestModels.number;
import static dev.millrace.inference.onnx.TestModels.numbers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.inference.onnx.Scored.Cause;
import dev.millrace.inference.onnx.Scored.Rejected;
import dev.millrace.inference.onnx.Scored.Score;
import dev.millrace.schemas.pipeline.ModelInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WarmUpTest {
  /** Training values of x from 100 to 104, of z from 0 to 2. */
  private static final String PROFILE =
      """
      {
        "format": 1,
        "features": {
          "x": {"type": "number", "min": 100.0, "max": 104.0,
                "edges": [100.0, 101.0, 102.0, 103.0, 104.00000000000001],
                "counts": [0, 20, 20, 20, 20, 0]},
          "z": {"type": "number", "min": 0.0, "max": 2.0,
                "edges": [0.0, 1.0, 2.0000000000000004], "counts": [0, 40, 40, 0]}
        }
      }
      """;

  @Test
  void aModelThatFailsEveryCallIsRejectedByName() {
    assertThatThrownBy(() -> load("always-fails", "y", numbers("a", "b", "c")))
        .isInstanceOf(ModelException.class)
        .hasMessageContainingAll("always-fails.onnx", "Reshape");
  }

  @Test
  void aModelThatNoSafeGuessSatisfiesIsTriedWithItsTrainingValues(@TempDir Path directory)
      throws IOException {
    Files.write(directory.resolve("model.onnx"), TestModels.bytes("lookup"));

    assertThatThrownBy(() -> loadFrom(directory))
        .isInstanceOf(ModelException.class)
        .hasMessageContainingAll("model.onnx", "Gather", "profile.json");

    Files.writeString(directory.resolve("profile.json"), PROFILE);
    try (OnnxModel model = loadFrom(directory);
        Scorer scorer = model.scorer()) {
      assertThat(scorer.score(new Object[] {103.0, 0.5})).isEqualTo(new Score(3.5));
    }
  }

  @Test
  void inputsThatMayNotBeMissingAreCountedAndNamed() {
    // 'x', unlike 'z', is an index into a table.
    List<ModelInput> inputs = List.of(number("x"), number("z"));
    Scorer scorer =
        new Scorer() {
          @Override
          public Scored score(@Nullable Object[] values) {
            return values[0] == null
                ? new Rejected(Cause.FAILED, "the model failed: no such index")
                : new Score(1);
          }

          @Override
          public void close() {}
        };

    WarmUpResult result = WarmUpResult.run(TestModels.file("lookup"), scorer, inputs);

    assertThat(result.rejections()).isEqualTo(2);
    assertThat(result.warnings())
        .containsExactly(
            "every input missing: the model failed: no such index",
            "input 'x' missing: the model failed: no such index");
  }

  private static OnnxModel loadFrom(Path directory) {
    return OnnxModel.load(ModelFile.read(directory), List.of(number("x"), number("z")), "y");
  }
}
