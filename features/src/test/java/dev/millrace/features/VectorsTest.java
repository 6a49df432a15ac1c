package dev.millrace.features;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.features.source.Question;
import dev.millrace.features.source.Question.Part;
import dev.millrace.schemas.pipeline.FeatureView;
import dev.millrace.schemas.pipeline.Lookup;
import dev.millrace.schemas.pipeline.Pipeline;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The vectors of random streams in random order of reading, compared with their definition. */
class VectorsTest {
  private static final Pipeline ALIGNED = Cards.bank();
  private static final Pipeline FEEDBACK = Cards.feedback();

  /** Views of predictions and outcomes, which are written twice and in any order. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void alignedVectorsOfFeedbackDependOnTheDataAlone(long seed) throws Exception {
    alignedVectors(FEEDBACK, seed);
  }

  /** The same with any parallelism, at any speed, after a crash and with another parallelism. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void alignedVectorsDependOnTheDataAlone(long seed) throws Exception {
    alignedVectors(ALIGNED, seed);
  }

  private static void alignedVectors(Pipeline pipeline, long seed) throws Exception {
    BankStreams streams = new BankStreams(pipeline, seed);
    Map<String, String> expected = new BankOracle(pipeline, streams).vectors();
    assertThat(expected.values()).as("hard cases").anyMatch(vector -> vector.contains("null"));

    assertEqual(expected, run(pipeline, streams, 1, seed));
    assertEqual(expected, run(pipeline, streams, 4, seed));
    assertEqual(expected, crash(pipeline, streams, 3, 3, seed));
    assertEqual(expected, crash(pipeline, streams, 1, 4, seed));
    assertEqual(expected, crash(pipeline, streams, 4, 2, seed));
  }

  /** They may have read fewer events, but none that is newer than their own. */
  @ParameterizedTest
  @ValueSource(longs = {11, 12})
  void vectorsThatAreNotAlignedAreExactIfComplete(long seed) throws Exception {
    exactIfComplete(notAligned(ALIGNED, Set.of("session")), seed);
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12})
  void vectorsOfFeedbackThatAreNotAlignedAreExactIfComplete(long seed) throws Exception {
    exactIfComplete(notAligned(FEEDBACK, Set.of("past", "confirmed")), seed);
  }

  private static void exactIfComplete(Pipeline pipeline, long seed) throws Exception {
    BankStreams streams = new BankStreams(pipeline, seed);
    Map<String, String> expected = new BankOracle(pipeline, streams).vectors();
    List<Question> all =
        crash(pipeline, streams, 3, 3, seed).values().stream().flatMap(List::stream).toList();

    assertThat(all).anyMatch(Question::complete).anyMatch(Predicate.not(Question::complete));
    for (Question vector : all) {
      if (vector.complete()) {
        assertThat(text(vector)).isEqualTo(expected.get(vector.eventId()));
      }
      for (Part part : vector.parts()) {
        assertThat(part == null || part.newestMillis() <= vector.timeMillis()).isTrue();
      }
    }
    assertThat(all).extracting(Question::eventId).containsAll(expected.keySet());
  }

  /** The pipeline with answers at once. */
  static Pipeline notAligned(Pipeline pipeline) {
    return new Pipeline(
        pipeline.name(),
        pipeline.guarantee(),
        pipeline.partitions(),
        pipeline.sources(),
        pipeline.score(),
        false,
        pipeline.features(),
        pipeline.lookups(),
        null,
        null,
        null,
        null,
        null);
  }

  /** Lookups of other sources: those of the scored one are never complete at once. */
  private static Pipeline notAligned(Pipeline aligned, Set<String> views) {
    Map<String, Lookup> lookups = new LinkedHashMap<>(aligned.lookups());
    lookups.values().removeIf(lookup -> !views.contains(lookup.view().name()));
    Map<String, FeatureView> left = new LinkedHashMap<>(aligned.features());
    left.keySet().retainAll(views);
    return new Pipeline(
        aligned.name(),
        aligned.guarantee(),
        aligned.partitions(),
        aligned.sources(),
        aligned.score(),
        false,
        left,
        lookups,
        aligned.model(),
        aligned.labels(),
        null,
        null,
        null);
  }

  private static Map<String, List<Question>> run(
      Pipeline pipeline, BankStreams streams, int parallelism, long seed) throws Exception {
    try (SimulatedJob job = new SimulatedJob(pipeline, streams, parallelism, seed, null)) {
      job.finish();
      return job.vectors;
    }
  }

  /** A checkpoint in the middle, a crash after it, and the rest from the checkpoint. */
  private static Map<String, List<Question>> crash(
      Pipeline pipeline, BankStreams streams, int before, int after, long seed) throws Exception {
    Random random = new Random(seed);
    Map<String, List<Question>> vectors = new LinkedHashMap<>();
    try (SimulatedJob first = new SimulatedJob(pipeline, streams, before, seed, null)) {
      first.run(100 + random.nextInt(400));
      SimulatedJob.Checkpoint checkpoint = first.checkpoint();
      first.run(random.nextInt(300));
      first.vectors.forEach((id, each) -> vectors.put(id, new ArrayList<>(each)));
      try (SimulatedJob second = new SimulatedJob(pipeline, streams, after, seed + 1, checkpoint)) {
        second.finish();
        second.vectors.forEach(
            (id, each) -> vectors.computeIfAbsent(id, unused -> new ArrayList<>()).addAll(each));
      }
    }
    return vectors;
  }

  /** A vector that is written again is the same. */
  private static void assertEqual(
      Map<String, String> expected, Map<String, List<Question>> vectors) {
    assertThat(vectors.keySet()).isEqualTo(expected.keySet());
    vectors.forEach(
        (id, each) -> {
          assertThat(each).allMatch(Question::complete);
          assertThat(each.stream().map(VectorsTest::text)).containsOnly(expected.get(id));
        });
  }

  static String text(Question vector) {
    List<String> parts = new ArrayList<>();
    for (Part part : vector.parts()) {
      parts.add(
          part == null ? "null" : part.newestMillis() + " " + Arrays.toString(part.features()));
    }
    return parts.toString();
  }

  /** The streams have what makes it hard. */
  @Test
  void theHardCasesOccur() {
    BankStreams streams = new BankStreams(ALIGNED, 1);
    List<BankStreams.Seen> transfers = streams.events("transfers");
    assertThat(transfers)
        .as("an event of its own counterparty")
        .anyMatch(
            event ->
                String.valueOf(event.value().get("sender"))
                    .equals(BankStreams.text(event.value(), "receiver")))
        .as("no counterparty")
        .anyMatch(event -> event.value().get("receiver") == null);
    assertThat(transfers.stream().map(BankStreams.Seen::timeMillis).distinct().count())
        .as("ties")
        .isLessThan(transfers.size());
    assertThat(
            transfers.stream()
                .filter(event -> String.valueOf(event.value().get("sender")).equals("a0"))
                .mapToLong(BankStreams.Seen::timeMillis)
                .filter(time -> time > BankStreams.START + 60_000)
                .min()
                .orElseThrow())
        .as("an account that is quiet for longer than it is kept")
        .isGreaterThan(BankStreams.START + 130_000);
  }
}
