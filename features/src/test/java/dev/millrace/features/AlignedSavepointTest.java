package dev.millrace.features;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.features.generation.GenerationRecords;
import dev.millrace.features.generation.StartingPoint;
import dev.millrace.features.generation.StartingPoints;
import dev.millrace.features.view.GenerationPlan;
import dev.millrace.schemas.avro.FeatureGeneration;
import dev.millrace.schemas.flink.job.Checkpoint;
import dev.millrace.schemas.pipeline.Generation;
import dev.millrace.schemas.pipeline.Pipeline;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.test.junit5.InjectMiniCluster;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The job of an aligned pipeline, which has no skew, goes on from its own savepoint. */
class AlignedSavepointTest {
  private static final Pipeline PIPELINE = Cards.load("evolving.yaml").aligned();

  @RegisterExtension static final MiniClusterExtension CLUSTER = TestCluster.extension();

  @Test
  void theSavepointIsFoundToBeOfTheGeneration(
      @InjectMiniCluster MiniCluster cluster, @TempDir Path directory) throws Exception {
    BankStreams streams = new BankStreams(PIPELINE, 1);
    for (String source : PIPELINE.sources().keySet()) {
      LogSource.LOGS.put(source, streams.log(source));
    }
    GenerationPlan plan = GenerationPlan.first(PIPELINE);
    EvolvingJob job = new EvolvingJob("aligned", PIPELINE, plan, null);
    Checkpoint savepoint = job.stop(cluster, directory);

    StartingPoint begun = new StartingPoint(plan, null, false, true, null);
    FeatureGeneration record = GenerationRecords.record(PIPELINE, begun, null, Instant.EPOCH);
    StartingPoint start =
        new StartingPoints(
                PIPELINE, Map.of(Generation.of(PIPELINE), record), Map::of, JobOperators.INSTANCE)
            .find(null, savepoint, Map.of());

    assertThat(start.checkpoint()).isEqualTo(savepoint);
    assertThat(start.plan()).isEqualTo(plan);
    EvolvingJob restored = new EvolvingJob("restored", PIPELINE, start.plan(), savepoint);
    List<Integer> one = List.of(1, 1, 1);
    PIPELINE.sources().keySet().forEach(source -> restored.allow(source, one));
    PIPELINE.sources().keySet().forEach(source -> restored.awaitRead(source, one));
    restored.stop(cluster, directory);
  }
}
