package dev.millrace.ingest.producer.simulate;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.millrace.ingest.producer.ShippedPayments;
import dev.millrace.ingest.producer.pacing.FakeTicker;
import dev.millrace.ingest.producer.pacing.Pacer;
import dev.millrace.ingest.producer.pacing.StopSignal;
import dev.millrace.ingest.producer.payments.DriftKind;
import dev.millrace.ingest.producer.payments.SimulationSettings;
import dev.millrace.ingest.producer.payments.SimulationSettings.DriftPlan;
import dev.millrace.ingest.producer.publish.EventPublisher;
import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.codec.Decoded;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.file.PipelineFile;
import dev.millrace.schemas.registry.InMemoryRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SimulationTest {
  private static final Duration LONG = Duration.ofDays(1);

  private final FakeTicker ticker = new FakeTicker();
  private final StopSignal stop = new StopSignal();
  private final Pacer pacer = new Pacer(ticker, stop);
  private final InMemoryRegistry registry = new InMemoryRegistry();
  private final Pipeline pipeline = ShippedPayments.pipeline();
  private final MockProducer<byte[], byte[]> producer =
      new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private @Nullable Backlog backlog;

  private Map<String, ?> run(SimulationSettings settings, Simulation.Limits limits) {
    EventPublisher publisher = new EventPublisher(producer, registry);
    Simulation simulation =
        new Simulation(
            settings,
            SimulatedSourcePublisher.payments(pipeline, publisher),
            SimulatedSourcePublisher.chargebacks(pipeline, publisher),
            publisher,
            backlog,
            pacer,
            stop,
            ticker::nanoTime,
            new PrintStream(out, true, UTF_8));
    simulation.run(limits);
    return simulation.summary();
  }

  private List<JsonNode> lines() {
    List<JsonNode> lines = new ArrayList<>();
    out.toString(UTF_8).lines().forEach(line -> lines.add(json(line)));
    return lines;
  }

  private static JsonNode json(String line) {
    try {
      return new JsonMapper().readTree(line);
    } catch (IOException e) {
      throw new AssertionError(line, e);
    }
  }

  @Test
  void theSummaryEqualsTheSentRecords() {
    Map<String, ?> summary =
        run(SimulationSettings.of(5).withBadShare(0.02), new Simulation.Limits(20_000, LONG, 0, 0));

    Schema schema = pipeline.source("payments").schema();
    AvroDecoder decoder = new AvroDecoder(registry, "payments", schema);
    Map<String, Long> rejected = new HashMap<>();
    Set<String> ids = new HashSet<>();
    long duplicates = 0;
    long payments = 0;
    for (ProducerRecord<byte[], byte[]> sent : producer.history()) {
      if (!sent.topic().equals("payments")) {
        continue;
      }
      payments++;
      assertThat(sent.timestamp()).isNull();
      Decoded decoded = decoder.decode(sent.value());
      if (decoded instanceof Decoded.Rejected bad) {
        rejected.merge(bad.code().name(), 1L, Long::sum);
      } else {
        GenericRecord payment = ((Decoded.Value) decoded).record();
        assertThat(sent.key()).isEqualTo(payment.get("customer_id").toString().getBytes(UTF_8));
        if ((double) payment.get("amount") <= 0) {
          rejected.merge("CONTRACT", 1L, Long::sum);
        } else if (!ids.add(payment.get("payment_id").toString())) {
          duplicates++;
        }
      }
    }
    assertThat(payments).isEqualTo(20_000);
    assertThat(summary.get("payments")).isEqualTo(payments);
    assertThat(summary.get("acknowledged")).isEqualTo((long) producer.history().size());
    assertThat(rejected).isEqualTo(summary.get("toBeDeadLetters")).hasSize(3);
    assertThat(summary.get("toBeDropped")).isEqualTo(duplicates);
    long late = (Long) requireNonNull(summary.get("toBeLate"));
    assertThat(late).isPositive();
    assertThat(summary.get("toBeScored")).isEqualTo(ids.size() - late);
  }

  @Test
  void recordsAreSentAtTheRateAtAnySimulatedHour() {
    run(
        SimulationSettings.of(5),
        new Simulation.Limits(Long.MAX_VALUE, LONG.dividedBy(1440), 50, 0));

    assertThat(producer.history()).hasSize(50 * 60);
    assertThat(pacer.delayed()).isZero();
  }

  @Test
  void theWarmUpIsSentFirstAndNotCounted() {
    Map<String, ?> summary =
        run(
            SimulationSettings.of(5).withWarmUp(Duration.ofDays(1)),
            new Simulation.Limits(100, LONG, 10, 1_000));

    JsonNode started = lines().get(0);
    assertThat(started.get("event").asText()).isEqualTo("started");
    assertThat(started.get("eventTime").asText()).startsWith("2026-01-06T00:");
    assertThat(started.get("payments").asLong()).isBetween(1_800L, 2_300L);
    assertThat(summary.get("payments")).isEqualTo(started.get("payments").asLong() + 100);
    assertThat(pacer.elapsedNanos()).isBetween(9_900_000_000L, 11_000_000_000L);
  }

  @Test
  void aPipelineThatIsSlowerThanTheRateSetsTheRate() {
    Backlog waiting = new Backlog(Duration.ofSeconds(2), ticker::nanoTime);
    backlog = waiting;
    long start = ticker.nowNanos;
    long[] predicted = {0};
    // Predicts 50 payments per second; those with a fault never have a prediction.
    ticker.whileParked =
        () -> {
          while (predicted[0] < (ticker.nowNanos - start) / 20_000_000) {
            predicted[0]++;
            waiting.predicted();
          }
        };
    Map<String, ?> summary =
        run(
            SimulationSettings.of(5).withBadShare(0.2),
            new Simulation.Limits(3_000, LONG, 1_000, 1_000));

    double seconds = (ticker.nowNanos - start) / 1e9;
    long scored = (Long) requireNonNull(summary.get("toBeScored"));
    assertThat(scored).isLessThan(2_800);
    assertThat(seconds).isBetween(scored / 50.0 - 3, scored / 50.0);
    assertThat((Long) requireNonNull(summary.get("pausedMillis"))).isGreaterThan(45_000);
    assertThat(pacer.delayed()).as("sent in a burst").isZero();
  }

  @Test
  void theDriftIsReportedWhenItStarts() {
    DriftPlan plan = DriftPlan.after(DriftKind.PRICE_SHIFT, 500);
    Map<String, ?> summary =
        run(SimulationSettings.of(5).withDrift(plan), new Simulation.Limits(600, LONG, 0, 0));

    JsonNode drift = lines().get(1);
    assertThat(drift.get("event").asText()).isEqualTo("drift");
    assertThat(drift.get("kind").asText()).isEqualTo("price-shift");
    assertThat(drift.get("payments").asLong()).isEqualTo(501);
    assertThat(summary.get("driftInjectedAt")).isEqualTo(drift.get("driftInjectedAt").asText());
  }

  @Test
  void aDriftThatWasNotReachedIsNotReported() {
    DriftPlan plan = DriftPlan.after(DriftKind.PRICE_SHIFT, 500);
    Map<String, ?> summary =
        run(SimulationSettings.of(5).withDrift(plan), new Simulation.Limits(500, LONG, 0, 0));

    assertThat(lines()).hasSize(1);
    assertThat(summary.get("driftInjectedAt")).isNull();
  }

  @Test
  void aStopEndsTheRunAndSentRecordsAreCounted() {
    ticker.whileParked =
        () -> {
          if (producer.history().size() == 100) {
            stop.request();
          }
        };
    Map<String, ?> summary =
        run(SimulationSettings.of(5), new Simulation.Limits(Long.MAX_VALUE, LONG, 10, 0));

    assertThat(producer.history()).hasSize(100);
    assertThat(summary.get("acknowledged")).isEqualTo(100L);
    assertThat(producer.flushed()).isTrue();
  }

  @Test
  void aFieldThatTheSimulatorCannotFillIsRejected(@TempDir Path directory) throws IOException {
    Files.writeString(
        directory.resolve("payment.avsc"),
        """
        {"type": "record", "name": "Payment", "fields": [
          {"name": "iban", "type": "string"},
          {"name": "paid_at", "type": {"type": "long", "logicalType": "timestamp-millis"}}]}
        """);
    Path file =
        Files.writeString(
            directory.resolve("pipeline.yaml"),
            """
            name: payments
            sources:
              payments: {topic: payments, schema: payment.avsc, id: iban, key: iban, time: paid_at}
            score: payments
            model: {name: fraud, inputs: [iban]}
            """);
    Pipeline other = PipelineFile.load(file);

    assertThatThrownBy(
            () -> SimulatedSourcePublisher.payments(other, new EventPublisher(producer, registry)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("source payments")
        .hasMessageContaining("'iban'");
  }
}
