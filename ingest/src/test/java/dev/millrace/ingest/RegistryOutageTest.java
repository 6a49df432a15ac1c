package dev.millrace.ingest;

import static dev.millrace.ingest.ShopPayments.payment;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.schemas.pipeline.LatePolicy;
import dev.millrace.schemas.streams.ThreadReplacement;
import dev.millrace.schemas.wire.InMemoryRegistry;
import dev.millrace.schemas.wire.Registry;
import dev.millrace.schemas.wire.RegistryUnavailable;
import dev.millrace.schemas.wire.RememberingRegistry;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.junit.jupiter.api.Test;

class RegistryOutageTest {

  /** Answers while it is up. */
  private static final class Flaky implements Registry {
    private final InMemoryRegistry registry = new InMemoryRegistry();
    private boolean up = true;

    Flaky() {
      registry.register(ShopPayments.TOPIC + "-value", ShopPayments.SCHEMA);
    }

    @Override
    public Lookup lookup(int id) {
      if (!up) {
        throw new RegistryUnavailable("down", new IOException("503"));
      }
      return registry.lookup(id);
    }

    @Override
    public int register(String subject, Schema schema) {
      return registry.register(subject, schema);
    }

    @Override
    public void requireBackwardCompatibility(String subject) {}
  }

  private final Flaky flaky = new Flaky();
  private final Registry known = new RememberingRegistry(flaky);

  private IngestHarness start() {
    return new IngestHarness(ShopPayments.pipeline(1, LatePolicy.TOPIC), known);
  }

  @Test
  void knownSchemasFlowOnAlsoInAThreadThatWasReplaced() {
    try (IngestHarness ingest = start()) {
      ingest.send(payment("before"));
      flaky.up = false;
      ingest.send(payment("during"));
      assertThat(ingest.ids(ShopPayments.CLEAN)).containsExactly("before", "during");
    }
    try (IngestHarness replaced = start()) {
      replaced.send(payment("after the replacement"));
      assertThat(replaced.ids(ShopPayments.CLEAN)).containsExactly("after the replacement");
    }
  }

  @Test
  void anUnknownSchemaStopsTheThreadAndRejectsNothing() {
    flaky.up = false;
    try (IngestHarness ingest = start()) {
      assertThatThrownBy(() -> ingest.send(payment("p")))
          .isInstanceOf(StreamsException.class)
          .hasRootCauseInstanceOf(IOException.class);
      assertThat(ingest.read(ShopPayments.DEAD_LETTERS)).isEmpty();
      assertThat(ingest.read(ShopPayments.CLEAN)).isEmpty();
    }
  }

  @Test
  void aThreadThatDiedOfAnExceptionIsReplacedButNotAfterAnError() {
    CollectorRegistry counters = new CollectorRegistry();
    ThreadReplacement replacement =
        new ThreadReplacement(
            StreamsException.class::isInstance,
            new IngestMetrics("shop", counters)::threadDied,
            Duration.ZERO,
            InstantSource.system());

    assertThat(
            replacement.handle(
                new StreamsException(new RegistryUnavailable("down", new IOException("503")))))
        .isEqualTo(StreamThreadExceptionResponse.REPLACE_THREAD);
    assertThat(replacement.handle(new StreamsException(new OutOfMemoryError("heap"))))
        .isEqualTo(StreamThreadExceptionResponse.SHUTDOWN_CLIENT);
    for (String error : List.of("RegistryUnavailable", "OutOfMemoryError")) {
      assertThat(
              counters.getSampleValue(
                  "millrace_ingest_thread_deaths_total",
                  new String[] {"pipeline", "error"},
                  new String[] {"shop", error}))
          .isEqualTo(1.0);
    }
  }
}
