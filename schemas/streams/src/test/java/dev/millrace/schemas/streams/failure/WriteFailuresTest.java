package dev.millrace.schemas.streams.failure;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Properties;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.KafkaStreams.State;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.apache.kafka.streams.errors.ProductionExceptionHandler;
import org.apache.kafka.streams.errors.ProductionExceptionHandler.Result;
import org.apache.kafka.streams.errors.internals.DefaultErrorHandlerContext;
import org.apache.kafka.streams.processor.TaskId;
import org.junit.jupiter.api.Test;

class WriteFailuresTest {
  private static final String TOPIC = "millrace.shop.predictions";

  private Instant now = Instant.parse("2026-01-05T12:00:00Z");
  private final ThreadReplacement replacement =
      new ThreadReplacement("shop", thrown -> true, thrown -> {}, Duration.ZERO, () -> now);
  private final StreamsHealth health = new StreamsHealth(replacement, () -> "");
  private final ProductionExceptionHandler handler = asKafkaStreamsMakesIt(replacement);

  private static ProductionExceptionHandler asKafkaStreamsMakesIt(ThreadReplacement to) {
    Properties settings = new Properties();
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "localhost:1");
    WriteFailures.report(settings, to);
    return new StreamsConfig(settings).productionExceptionHandler();
  }

  private Result fail(Exception error) {
    ErrorHandlerContext context =
        new DefaultErrorHandlerContext(
            null,
            "millrace.shop.payments",
            1,
            42,
            new RecordHeaders(),
            "predictions",
            new TaskId(0, 1),
            0,
            new byte[0],
            new byte[0]);
    return handler.handleError(context, new ProducerRecord<>(TOPIC, new byte[0]), error).result();
  }

  @Test
  void aDeletedTopicIsNotReadyAtOnceAndNotLiveAfterMinutes() {
    for (int minute = 0; minute < 5; minute++) {
      assertThat(fail(missing())).isEqualTo(Result.RETRY);
      assertThat(health.live(State.RUNNING)).as("minute " + minute).isEmpty();
      assertThat(health.ready(State.RUNNING)).startsWith("paused").contains(TOPIC);
      now = now.plusSeconds(60);
    }
    fail(missing());
    assertThat(health.live(State.RUNNING))
        .startsWith("missing topic: topic " + TOPIC)
        .contains("create it again");
    now = now.plus(Duration.ofMinutes(11));
    assertThat(health.live(State.RUNNING)).isEmpty();
    assertThat(health.ready(State.RUNNING)).isEmpty();
  }

  @Test
  void manyPartitionsThatFailAtOnceDuringABrokerRestartAreNotAFault() {
    for (int i = 0; i < 100; i++) {
      fail(missing());
      now = now.plusSeconds(1);
    }
    assertThat(health.live(State.RUNNING)).isEmpty();
  }

  @Test
  void anUnreachableBrokerIsAnOutageOfAnyLength() {
    for (int i = 0; i < 60; i++) {
      fail(new TimeoutException("Expiring 1 record(s): 120000 ms has passed"));
      now = now.plus(Duration.ofMinutes(2));
      assertThat(health.live(State.RUNNING)).isEmpty();
      assertThat(health.ready(State.RUNNING)).startsWith("paused").contains(TOPIC, "Expiring");
    }
  }

  /** The handler of uncaught exceptions receives such a failure, too. */
  @Test
  void ignoresAFailureThatKafkaStreamsDoesNotRetry() {
    assertThat(fail(new RecordTooLargeException("1200000 bytes"))).isEqualTo(Result.FAIL);
    assertThat(health.ready(State.RUNNING)).isEmpty();
  }

  private static TimeoutException missing() {
    return new TimeoutException(
        "Topic %s not present in metadata after 60000 ms.".formatted(TOPIC),
        new UnknownTopicOrPartitionException("This server does not host this topic-partition."));
  }
}
