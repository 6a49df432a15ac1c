package dev.millrace.deploy.evolution;

import java.time.Duration;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Prints what happens, each line with the time since the start. */
final class Timeline {
  private final Consumer<String> out;
  private final LongSupplier nanos;
  private final long startNanos;

  /**
   * @param nanos a monotonic clock
   */
  Timeline(Consumer<String> out, LongSupplier nanos) {
    this.out = out;
    this.nanos = nanos;
    this.startNanos = nanos.getAsLong();
  }

  void print(String text) {
    out.accept(
        "%8s  %s".formatted(seconds(Duration.ofNanos(nanos.getAsLong() - startNanos)), text));
  }

  static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
  }
}
