package dev.millrace.schemas.streams.failure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.junit.jupiter.api.Test;

class ThreadReplacementTest {
  private final IOException io = new IOException("503");
  private final RuntimeException thrown = new UncheckedIOException(io);

  private final List<Throwable> deaths = new ArrayList<>();

  @Test
  void aThreadIsReplacedAfterAnExceptionButNotAfterAnError() {
    assertThat(handle(StreamsException.class::isInstance, new StreamsException(thrown)))
        .isEqualTo(StreamThreadExceptionResponse.REPLACE_THREAD);
    assertThat(
            handle(
                StreamsException.class::isInstance,
                new StreamsException(new OutOfMemoryError("heap"))))
        .isEqualTo(StreamThreadExceptionResponse.SHUTDOWN_CLIENT);
  }

  @Test
  void reportsTheUnwrappedCauseOfAFailure() {
    handle(StreamsException.class::isInstance, new StreamsException(new StreamsException(thrown)));
    handle(wrapper -> true, new StreamsException(thrown));
    handle(wrapper -> true, new StreamsException("without a cause"));
    assertThat(deaths).startsWith(thrown, io).hasSize(3);
    assertThat(deaths.get(2)).hasMessage("without a cause");
  }

  private StreamThreadExceptionResponse handle(Predicate<Throwable> wrapper, Throwable exception) {
    return new ThreadReplacement("shop", wrapper, deaths::add, Duration.ZERO).handle(exception);
  }
}
