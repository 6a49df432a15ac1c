package dev.millrace.inference.topology;

import dev.millrace.inference.metrics.InferenceMetrics;
import dev.millrace.inference.rows.EventTimes;
import dev.millrace.inference.scoring.ChampionModel;
import dev.millrace.schemas.pipeline.Pipeline;
import org.jspecify.annotations.Nullable;

/**
 * The inputs of the topology, shared by all its tasks.
 *
 * @param champion null: the pipeline collects inputs without a model
 * @param times are set by the tasks
 */
public record TopologyInputs(
    Pipeline pipeline,
    @Nullable ChampionModel champion,
    Codecs codecs,
    InferenceMetrics metrics,
    EventTimes times) {}
