package dev.millrace.inference.scoring;

import dev.millrace.inference.onnx.Scorer;
import java.util.function.Supplier;

/**
 * The model that scores every event.
 *
 * @param name as in the pipeline file
 * @param version of its bytes
 * @param scorers creates one for each stream task
 */
public record ChampionModel(String name, String version, Supplier<Scorer> scorers) {}
