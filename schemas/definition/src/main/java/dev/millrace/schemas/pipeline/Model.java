package dev.millrace.schemas.pipeline;

import dev.millrace.schemas.expression.Expression;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The model that scores.
 *
 * @param name usable in a topic name
 * @param path directory of {@code model.onnx} and {@code profile.json}; null while the pipeline
 *     only collects training data
 * @param shadow directory of another {@code model.onnx}, which scores the same inputs beside this
 *     model and decides nothing; null: none
 * @param inputs in the model's input order
 * @param score the output that is the score: an output's name, or {@code name[i]} for the i-th
 *     value of a row; null: the model's only output
 * @param positive boolean over {@code score}, a double; null: no decision is made
 */
public record Model(
    String name,
    @Nullable Path path,
    @Nullable Path shadow,
    List<ModelInput> inputs,
    @Nullable String score,
    @Nullable Expression positive) {
  public Model {
    inputs = List.copyOf(inputs);
  }

  /** A model without a shadow. */
  public Model(
      String name,
      @Nullable Path path,
      List<ModelInput> inputs,
      @Nullable String score,
      @Nullable Expression positive) {
    this(name, path, null, inputs, score, positive);
  }
}
