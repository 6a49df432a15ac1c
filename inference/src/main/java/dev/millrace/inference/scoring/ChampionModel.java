package dev.millrace.inference.scoring;

import dev.millrace.inference.onnx.Scorer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The model that scores every event.
 *
 * @param name as in the pipeline file
 * @param version of its bytes
 * @param scorers creates one for each stream task
 * @param shadow scores the same inputs and decides nothing; null: there is none
 */
public record ChampionModel(
    String name, String version, Supplier<Scorer> scorers, @Nullable Shadow shadow) {
  /**
   * The shadow.
   *
   * @param version of its bytes
   * @param scorers creates one for each stream task
   */
  public record Shadow(String version, Supplier<Scorer> scorers) {}

  /** A model without a shadow. */
  public ChampionModel(String name, String version, Supplier<Scorer> scorers) {
    this(name, version, scorers, null);
  }
}
