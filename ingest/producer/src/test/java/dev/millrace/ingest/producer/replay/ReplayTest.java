package dev.millrace.ingest.producer.replay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.ingest.producer.ShippedPayments;
import dev.millrace.ingest.producer.console.Progress;
import dev.millrace.ingest.producer.files.ByteCount;
import dev.millrace.ingest.producer.files.Flights;
import dev.millrace.ingest.producer.files.InputFile;
import dev.millrace.ingest.producer.files.RejectedRow;
import dev.millrace.ingest.producer.files.RejectedRowPolicy;
import dev.millrace.ingest.producer.files.RowMerge;
import dev.millrace.ingest.producer.files.SourceRows;
import dev.millrace.ingest.producer.pacing.FakeTicker;
import dev.millrace.ingest.producer.pacing.Pacer;
import dev.millrace.ingest.producer.pacing.StopSignal;
import dev.millrace.ingest.producer.publish.ProgressReporter;
import dev.millrace.ingest.producer.publish.SourcePublisher;
import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.codec.Decoded;
import dev.millrace.schemas.topics.WireHeaders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplayTest {
  private static final double FULL_SPEED = Double.POSITIVE_INFINITY;

  /** Real flights; the test is skipped if the file is missing. */
  private static final Path REAL = Path.of("../../../shared/data/departures-2001-01.csv.gz");

  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path directory;

  private final Flights flights = new Flights();
  private final FakeTicker ticker = new FakeTicker();
  private final StopSignal stop = new StopSignal();
  private final Pacer pacer = new Pacer(ticker, stop);
  private final RejectedRowPolicy rejected = new RejectedRowPolicy(true, System.err);

  private Map<String, ?> run(Replay.Limits limits, InputFile... files)
      throws IOException, RejectedRow {
    ByteCount bytes = new ByteCount();
    SourcePublisher departures = flights.publisher.source(Flights.source("departures"));
    List<SourceRows> opened = new ArrayList<>();
    for (InputFile file : files) {
      opened.add(new SourceRows(file, departures.source(), rejected, bytes));
    }
    Progress silent = new Progress.Lines(System.err, 1);
    Replay replay =
        new Replay(
            flights.publisher,
            pacer,
            stop,
            silent,
            bytes,
            Map.of("departures", departures),
            new ProgressReporter(List.of(departures), ticker::nanoTime));
    replay.run(new RowMerge(opened), limits);
    for (SourceRows rows : opened) {
      rows.close();
    }
    return replay.summary(rejected);
  }

  private static Replay.Limits atSpeed(double speed) {
    return new Replay.Limits(speed, Instant.MIN, Instant.MAX, Long.MAX_VALUE);
  }

  private List<Long> sentIds() {
    AvroDecoder decoder = new AvroDecoder(flights.registry, "departures", Flights.DEPARTURE);
    return flights.producer.history().stream()
        .filter(record -> record.value() != null)
        .map(record -> (Decoded.Value) decoder.decode(record.value()))
        .map(value -> (Long) value.record().get("flight_id"))
        .toList();
  }

  private InputFile seconds(String name, long... seconds) throws IOException {
    StringBuilder contents = new StringBuilder(Flights.HEADER);
    for (long second : seconds) {
      contents.append(Flights.row(second, second));
    }
    return Flights.file(directory, name, contents.toString());
  }

  @Test
  void rowsBecomeEventsOfTheSource() throws IOException, RejectedRow {
    run(atSpeed(FULL_SPEED), seconds("a.csv", 5));

    ProducerRecord<byte[], byte[]> sent =
        flights.producer.history().stream()
            .filter(record -> record.value() != null)
            .findFirst()
            .orElseThrow();
    assertThat(sent.topic()).isEqualTo("departures");
    assertThat(sent.key()).isEqualTo("LAS".getBytes(UTF_8));
    assertThat(sent.timestamp()).isNull();
    AvroDecoder decoder = new AvroDecoder(flights.registry, "departures", Flights.DEPARTURE);
    assertThat(((Decoded.Value) decoder.decode(sent.value())).record().toString())
        .contains("\"flight_id\": 5", "\"departed_at\": 978307205000", "\"distance\": 5");
  }

  @Test
  void filesAreMergedAndReplayedAtAMultipleOfTheirSpeed() throws IOException, RejectedRow {
    Map<String, ?> summary =
        run(atSpeed(60), seconds("a.csv", 0, 600, 3600), seconds("b.csv", 300, 300, 900));

    assertThat(sentIds()).containsExactly(0L, 300L, 300L, 600L, 900L, 3600L);
    assertThat(Duration.ofNanos(pacer.elapsedNanos())).isEqualTo(Duration.ofMinutes(1));
    assertThat(summary.get("lastEventTime")).isEqualTo("2001-01-01T01:00:00Z");
    assertThat(summary.get("bySource")).isEqualTo(Map.of("departures", 6L));
  }

  @Test
  void aReplayAtFullSpeedNeverWaits() throws IOException, RejectedRow {
    run(atSpeed(FULL_SPEED), seconds("a.csv", 0, 600, 3600));

    assertThat(pacer.elapsedNanos()).isZero();
    assertThat(sentIds()).hasSize(3);
    assertThat(flights.producer.flushed()).isTrue();
  }

  /** Progress is behind the events in each partition, and never beyond an event to come. */
  @Test
  void progressIsPublishedToEachPartitionBetweenTheEvents() throws IOException, RejectedRow {
    run(atSpeed(1), seconds("a.csv", 0, 1, 1, 2), seconds("b.csv", 1, 1, 3));

    assertThat(published())
        .containsExactly(
            "0 at 0",
            "1 at 0",
            "event 0",
            "0 at 1000",
            "1 at 1000",
            "event 1000",
            "event 1000",
            "event 1000",
            "event 1000",
            "0 at 2000",
            "1 at 2000",
            "event 2000",
            "0 at 3000",
            "1 at 3000",
            "event 3000",
            "0 at 3001",
            "1 at 3001");
  }

  @Test
  void atFullSpeedProgressIsPublishedAtTheStartAndAtTheEnd() throws IOException, RejectedRow {
    run(atSpeed(FULL_SPEED), seconds("a.csv", 0, 1, 2));

    assertThat(published())
        .containsExactly(
            "0 at 0", "1 at 0", "event 0", "event 1000", "event 2000", "0 at 2001", "1 at 2001");
  }

  /** Rows of the same time may follow after the limit. */
  @Test
  void aPartOfAReplayDoesNotMakeTheNextOneLate() throws IOException, RejectedRow {
    run(new Replay.Limits(FULL_SPEED, Instant.MIN, Instant.MAX, 2), seconds("a.csv", 0, 1, 1));

    assertThat(published()).endsWith("event 1000", "0 at 1000", "1 at 1000");
  }

  /** Events, and partition and time of progress, in milliseconds since the first row. */
  private List<String> published() {
    long start = Instant.parse("2001-01-01T00:00:00Z").toEpochMilli();
    AvroDecoder decoder = new AvroDecoder(flights.registry, "departures", Flights.DEPARTURE);
    List<String> published = new ArrayList<>();
    for (ProducerRecord<byte[], byte[]> record : flights.producer.history()) {
      if (record.value() == null) {
        assertThat(record.key()).isNull();
        long time = requireNonNull(WireHeaders.number(record.headers(), WireHeaders.PROGRESS));
        published.add(record.partition() + " at " + (time - start));
      } else {
        var event = ((Decoded.Value) decoder.decode(record.value())).record();
        published.add("event " + ((Long) event.get("departed_at") - start));
      }
    }
    return published;
  }

  @Test
  void onlyRowsBetweenFromAndUntilAreReplayed() throws IOException, RejectedRow {
    Instant from = Instant.parse("2001-01-01T00:00:02Z");
    run(new Replay.Limits(1, from, from.plusSeconds(3), 9), seconds("a.csv", 0, 1, 2, 3, 4, 5));

    assertThat(sentIds()).containsExactly(2L, 3L, 4L);
    assertThat(Duration.ofNanos(pacer.elapsedNanos())).isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void noMoreThanTheLimitIsSent() throws IOException, RejectedRow {
    run(new Replay.Limits(1, Instant.MIN, Instant.MAX, 2), seconds("a.csv", 0, 1, 2, 3));

    assertThat(sentIds()).containsExactly(0L, 1L);
  }

  @Test
  void aStopEndsTheReplay() throws IOException, RejectedRow {
    ticker.whileParked = stop::request;
    Map<String, ?> summary = run(atSpeed(1), seconds("a.csv", 0, 600, 3600));

    assertThat(sentIds()).containsExactly(0L);
    assertThat(summary.get("sent")).isEqualTo(1L);
    assertThat(flights.producer.flushed()).isTrue();
  }

  @Test
  void whenRejectedRowsAreSkippedTheOthersAreSent() throws IOException, RejectedRow {
    InputFile file =
        Flights.file(
            directory, "a.csv", Flights.HEADER + Flights.row(1, 1) + "?\n" + Flights.row(2, 2));
    Map<String, ?> summary = run(atSpeed(FULL_SPEED), file);

    assertThat(sentIds()).containsExactly(1L, 2L);
    assertThat(summary.get("skipped")).isEqualTo(1L);
  }

  @Test
  void anUnknownSourceIsRejected() throws IOException {
    Path file = seconds("a.csv", 0).path();

    assertThatThrownBy(
            () -> ReplayCommand.files(List.of("departures=" + file), ShippedPayments.pipeline()))
        .hasMessage("pipeline payments has no source 'departures'; it has [payments, chargebacks]");
  }

  @Test
  void realFlightsAreReadWithoutARejectedRow() throws IOException, RejectedRow {
    assumeTrue(Files.isReadable(REAL), "no flight data at " + REAL);
    Map<String, ?> summary =
        run(
            new Replay.Limits(FULL_SPEED, Instant.MIN, Instant.MAX, 20_000),
            new InputFile("departures", REAL));

    assertThat(requireNonNull(summary.get("skipped"))).isEqualTo(0L);
    assertThat(sentIds()).hasSize(20_000).doesNotHaveDuplicates();
  }
}
