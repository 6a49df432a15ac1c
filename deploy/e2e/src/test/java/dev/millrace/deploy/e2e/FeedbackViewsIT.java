package dev.millrace.deploy.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.deploy.audit.Ledger;
import dev.millrace.deploy.e2e.pipeline.Await;
import dev.millrace.deploy.e2e.pipeline.Packaged;
import dev.millrace.deploy.e2e.pipeline.RunningPipeline;
import dev.millrace.deploy.platform.Component;
import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.topics.PipelineSchemas;
import dev.millrace.schemas.topics.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Views of a pipeline's own predictions and outcomes in a replay: a customer's past scores and the
 * confirmed share of a store equal those that are computed from what was written to the two topics.
 */
class FeedbackViewsIT {
  private static final int ORDERS = 1_500;
  private static final Duration SPAN = Duration.ofHours(1);
  private static final Duration MATURITY = Duration.ofMinutes(10);
  private static final Duration SCORE_DELAY = Duration.ofMinutes(2);
  private static final Duration LABEL_DELAY = Duration.ofMinutes(10);
  private static final Duration TIMEOUT = Duration.ofMinutes(8);
  private static final long START = Instant.parse("2026-03-02T08:00:00Z").toEpochMilli();
  private static final Duration WINDOW = Duration.ofMinutes(30);

  private static final String VIEWS =
      """
      score: orders
      align: true
      features:
        past:
          from: predictions
          entity: customer_id
          delay: 2m
          wait: forever
          aggregates:
            - {input: score, operations: [count, avg, max], windows: [30m]}
        confirmed:
          from: outcomes
          entity: store_id
          delay: 10m
          wait: forever
          aggregates:
            - {input: label, operations: [count, share], windows: [30m]}
      """;

  /** A prediction or an outcome as an event of a view. */
  private record Known(long countsMillis, double value) {}

  private final Map<String, String> customers = new HashMap<>();
  private final Map<String, String> stores = new HashMap<>();
  private int complete;
  private int compared;

  @Test
  void pastScoresAndConfirmedSharesEqualWhatWasWritten(@TempDir Path dir) throws Exception {
    Path pipeline = pipeline(dir);
    Path orders = orders(dir.resolve("orders.csv"));
    Path refunds = refunds(dir.resolve("refunds.csv"));
    try (RunningPipeline running = RunningPipeline.start(dir.resolve("platform"), pipeline)) {
      Instant started = Instant.now();
      Packaged.run(
          running.platform(),
          "replay",
          pipeline.toString(),
          "orders=" + orders,
          "refunds=" + refunds,
          "--full-speed");
      Await.condition(
          "the predictions",
          TIMEOUT,
          () -> running.metric(Component.INFERENCE, "_predictions_total") >= ORDERS);
      Duration taken = Duration.between(started, Instant.now());
      Ledger.Audit audit = running.awaitNothingLost();
      assertThat(audit.kept()).as("%s", audit).isTrue();
      running.awaitProgress(Topics.outcomes(running.pipeline()));
      check(running);
      System.out.printf(
          "%,d values of %,d complete vectors of %,d equal predictions and outcomes; %s of event time in %s, delays %s and %s%n",
          compared, complete, ORDERS, SPAN, taken, SCORE_DELAY, LABEL_DELAY);
      assertThat(complete).isGreaterThan(ORDERS * 3 / 4);
    }
  }

  private static Path pipeline(Path dir) throws IOException {
    Path file =
        Packaged.copy(Path.of("src/test/resources/e2e"), dir.resolve("e2e"))
            .resolve("pipeline.yaml");
    String yaml = Files.readString(file);
    assertThat(yaml)
        .contains("score: orders\nfeatures:\n")
        .contains("maturity: 1h")
        .contains("lateness: 6m");
    return Files.writeString(
        file,
        yaml.replace("score: orders\nfeatures:\n", VIEWS)
            .replace("lateness: 6m", "lateness: 5s")
            .replace("maturity: 1h", "maturity: " + MATURITY.toMinutes() + "m"));
  }

  private Path orders(Path file) throws IOException {
    Random random = new Random(7);
    List<String> lines = new ArrayList<>();
    lines.add("order_id,customer_id,store_id,channel,currency,amount,placed_at");
    for (int i = 0; i < ORDERS; i++) {
      String id = "o" + i;
      customers.put(id, "c" + random.nextInt(20));
      stores.put(id, "s" + random.nextInt(6));
      lines.add(
          "%s,%s,%s,WEB,EUR,%d.25,%s"
              .formatted(
                  id, customers.get(id), stores.get(id), 1 + random.nextInt(200), placed(i)));
    }
    return Files.write(file, lines);
  }

  /** Three orders at a time. */
  private static Instant placed(int order) {
    return Instant.ofEpochMilli(START + SPAN.toMillis() * (order / 3 * 3L) / ORDERS);
  }

  /** Some refunds come after maturity. */
  private Path refunds(Path file) throws IOException {
    Random random = new Random(8);
    TreeMap<Instant, String> lines = new TreeMap<>();
    for (int i = 0; i < ORDERS; i++) {
      if (random.nextInt(3) == 0) {
        Instant at = placed(i).plusMillis(random.nextInt((int) MATURITY.toMillis() * 5 / 4));
        lines.put(at, "r%d,o%d,%s,%s".formatted(i, i, customers.get("o" + i), at));
      }
    }
    List<String> all = new ArrayList<>(List.of("refund_id,order_id,customer_id,refunded_at"));
    all.addAll(lines.values());
    return Files.write(file, all);
  }

  private void check(RunningPipeline running) {
    Map<String, List<Known>> scores = new HashMap<>();
    for (GenericRecord prediction : running.predictions()) {
      String id = prediction.get("event_id").toString();
      scores
          .computeIfAbsent(Objects.requireNonNull(customers.get(id)), none -> new ArrayList<>())
          .add(
              new Known(
                  (Long) prediction.get("event_time") + SCORE_DELAY.toMillis(),
                  (Double) prediction.get("score")));
    }
    Map<String, List<Known>> labels = labels(running);
    String topic = Topics.vectors(running.pipeline());
    AvroDecoder decoder = running.decoder(topic, PipelineSchemas.vector(running.pipeline()));
    Map<String, GenericRecord> vectors = new HashMap<>();
    running
        .read(topic)
        .forEach(
            record -> {
              GenericRecord vector = RunningPipeline.decode(decoder, record);
              String id = ((GenericRecord) vector.get("event")).get("event_id").toString();
              vectors.putIfAbsent(id, vector);
            });
    assertThat(vectors).hasSize(ORDERS);
    vectors.forEach((id, vector) -> check(id, vector, scores, labels));
  }

  private Map<String, List<Known>> labels(RunningPipeline running) {
    String topic = Topics.outcomes(running.pipeline());
    AvroDecoder decoder = running.decoder(topic, PipelineSchemas.outcome(running.pipeline()));
    Map<String, List<Known>> labels = new HashMap<>();
    running
        .read(topic)
        .forEach(
            record -> {
              GenericRecord outcome = RunningPipeline.decode(decoder, record);
              String id = outcome.get("event_id").toString();
              assertThat(((GenericRecord) outcome.get("context")).get("store_id").toString())
                  .isEqualTo(stores.get(id));
              labels
                  .computeIfAbsent(
                      Objects.requireNonNull(stores.get(id)), none -> new ArrayList<>())
                  .add(
                      new Known(
                          knownMillis(outcome) + LABEL_DELAY.toMillis(),
                          (Double) outcome.get("label")));
            });
    return labels;
  }

  private static long knownMillis(GenericRecord outcome) {
    long eventMillis = (Long) outcome.get("event_time");
    Long labelMillis = (Long) outcome.get("label_time");
    return labelMillis == null
        ? eventMillis + MATURITY.toMillis()
        : Math.max(eventMillis, labelMillis);
  }

  private void check(
      String id,
      GenericRecord vector,
      Map<String, List<Known>> scores,
      Map<String, List<Known>> labels) {
    long asOf = (Long) ((GenericRecord) vector.get("event")).get("event_time");
    GenericRecord lookups = (GenericRecord) vector.get("lookups");
    GenericRecord past = (GenericRecord) lookups.get("past");
    GenericRecord confirmed = (GenericRecord) lookups.get("confirmed");
    for (GenericRecord part : new GenericRecord[] {past, confirmed}) {
      assertThat(part == null || (Long) part.get("newest") <= asOf).as("nothing newer").isTrue();
    }
    if (vector.get("complete").equals(false)) {
      return;
    }
    complete++;
    check(id + " past", past, asOf, scores.getOrDefault(customers.get(id), List.of()), true);
    check(
        id + " confirmed", confirmed, asOf, labels.getOrDefault(stores.get(id), List.of()), false);
  }

  private void check(
      String what, @Nullable GenericRecord part, long asOf, List<Known> all, boolean hasMax) {
    List<Known> known = all.stream().filter(each -> each.countsMillis() <= asOf).toList();
    long hop = WINDOW.toMillis() / 60;
    long from = Math.floorDiv(asOf - WINDOW.toMillis(), hop) * hop;
    List<Double> values =
        known.stream().filter(each -> each.countsMillis() >= from).map(Known::value).toList();
    long newest = known.stream().mapToLong(Known::countsMillis).max().orElse(Long.MIN_VALUE);
    if (part == null || known.isEmpty() || newest + WINDOW.toMillis() + hop <= asOf) {
      assertThat(part).as(what).isNull();
      assertThat(values).as(what).isEmpty();
      return;
    }
    GenericRecord features = (GenericRecord) part.get("features");
    assertThat(part.get("newest")).as(what).isEqualTo(newest);
    assertThat(features.get(0)).as(what).isEqualTo((long) values.size());
    compared += 2;
    if (!values.isEmpty()) {
      double mean = values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
      assertThat((Double) features.get(1)).as(what).isCloseTo(mean, within(1e-9 * mean + 1e-12));
      compared++;
    }
    if (hasMax && !values.isEmpty()) {
      assertThat(features.get(2))
          .as(what)
          .isEqualTo(values.stream().mapToDouble(Double::doubleValue).max().orElseThrow());
    }
  }
}
