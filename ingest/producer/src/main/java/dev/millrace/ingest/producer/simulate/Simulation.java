package dev.millrace.ingest.producer.simulate;

import dev.millrace.ingest.producer.console.JsonLine;
import dev.millrace.ingest.producer.pacing.Pacer;
import dev.millrace.ingest.producer.pacing.StopSignal;
import dev.millrace.ingest.producer.payments.InjectedFault;
import dev.millrace.ingest.producer.payments.PaymentGenerator;
import dev.millrace.ingest.producer.payments.SimulatedRecord;
import dev.millrace.ingest.producer.payments.SimulatedRecord.Chargeback;
import dev.millrace.ingest.producer.payments.SimulatedRecord.Payment;
import dev.millrace.ingest.producer.payments.SimulationSettings;
import dev.millrace.ingest.producer.publish.EventPublisher;
import dev.millrace.ingest.producer.publish.ProgressReporter;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Publishes the generated records: first the warm-up, then at a steady rate. */
final class Simulation {
  /**
   * When to stop and how fast to send.
   *
   * @param events payments after the warm-up; {@link Long#MAX_VALUE} for no limit
   * @param time wall-clock time after the warm-up
   * @param rate records per second, of both sources together; 0 for full speed
   * @param warmUpRate the same during the warm-up
   */
  record Limits(long events, Duration time, double rate, double warmUpRate) {}

  private final SimulationSettings settings;
  private final PaymentGenerator generator;
  private final SimulatedSourcePublisher<Payment> payments;
  private final SimulatedSourcePublisher<Chargeback> chargebacks;
  private final EventPublisher publisher;
  private final @Nullable Backlog backlog;
  private final Pacer pacer;
  private final StopSignal stop;
  private final ProgressReporter reporter;
  private final PrintStream out;
  private final SentCounts counts = new SentCounts();
  private boolean driftReported;

  /**
   * A simulation; {@link #run} sends its records.
   *
   * @param backlog for which sending waits; null if it does not wait for predictions
   */
  Simulation(
      SimulationSettings settings,
      SimulatedSourcePublisher<Payment> payments,
      SimulatedSourcePublisher<Chargeback> chargebacks,
      EventPublisher publisher,
      @Nullable Backlog backlog,
      Pacer pacer,
      StopSignal stop,
      LongSupplier nanoTime,
      PrintStream out) {
    this.settings = settings;
    this.generator = new PaymentGenerator(settings);
    this.payments = payments;
    this.chargebacks = chargebacks;
    this.publisher = publisher;
    this.backlog = backlog;
    this.pacer = pacer;
    this.stop = stop;
    this.reporter =
        new ProgressReporter(List.of(payments.publisher(), chargebacks.publisher()), nanoTime);
    this.out = out;
  }

  /** Sends until a limit is reached or a stop is requested, and flushes. */
  void run(Limits limits) {
    SimulatedRecord next = warmUp(limits);
    publisher.flush();
    long warmUpPayments = counts.payments();
    report("started", Map.of("eventTime", next.eventTime().toString()));
    pacer.restart();
    long sent = 0;
    long untilNanos = nanos(limits.time());
    while (!stop.requested()
        && counts.payments() - warmUpPayments < limits.events()
        && dueNanos(sent, limits.rate()) < untilNanos
        && pacer.elapsedNanos() < untilNanos) {
      pace(sent++, limits.rate());
      if (!stop.requested()) {
        send(next);
        next = generator.next();
      }
    }
    reporter.reached(next.eventTime(), 0);
    reporter.publish();
    publisher.flush();
  }

  /** Sends the warm-up and returns the first record after it. */
  private SimulatedRecord warmUp(Limits limits) {
    Instant end = settings.warmUpEnd();
    SimulatedRecord next = generator.next();
    pacer.restart();
    for (long sent = 0; next.eventTime().isBefore(end) && !stop.requested(); sent++) {
      pace(sent, limits.warmUpRate());
      send(next);
      next = generator.next();
    }
    return next;
  }

  private void pace(long sent, double rate) {
    if (backlog != null && backlog.exceedsLimit()) {
      pacer.pauseWhile(backlog::exceedsLimit);
    }
    if (rate > 0) {
      pacer.await(dueNanos(sent, rate));
    }
  }

  /**
   * Records are generated in the order of their times. Late payments and duplicates are the
   * exceptions: their times have been reached before.
   */
  private void send(SimulatedRecord next) {
    reporter.reached(next.eventTime(), 0);
    if (next instanceof Payment payment) {
      payments.publish(payment);
      if (backlog != null && payment.fault() == InjectedFault.NONE) {
        backlog.sent();
      }
    } else if (next instanceof Chargeback chargeback) {
      chargebacks.publish(chargeback);
    }
    counts.add(next);
    // The generator is one record ahead of the last one sent.
    if (!driftReported
        && generator.driftInjectedAt().filter(at -> !next.eventTime().isBefore(at)).isPresent()) {
      driftReported = true;
      report("drift", Map.of("kind", settings.drift().kind().toString()));
    }
  }

  private void report(String event, Map<String, ?> details) {
    Map<String, @Nullable Object> line = new LinkedHashMap<>();
    line.put("event", event);
    line.putAll(details);
    line.put("driftInjectedAt", driftInjectedAt());
    line.put("payments", counts.payments());
    JsonLine.print(out, line);
  }

  /** The counts of sent records, for the last line of output. */
  Map<String, @Nullable Object> summary() {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    map.put("event", "finished");
    map.put("seed", settings.seed());
    map.put("acknowledged", publisher.acknowledged());
    map.putAll(counts.toMap());
    map.put("drift", settings.drift().kind().toString());
    map.put("driftInjectedAt", driftInjectedAt());
    map.put("delayed", pacer.delayed());
    map.put("longestDelayMillis", pacer.longestDelay().toMillis());
    map.put("pausedMillis", pacer.paused().toMillis());
    double seconds = pacer.elapsedNanos() / 1e9;
    map.put("seconds", Math.round(seconds * 1_000) / 1_000.0);
    return map;
  }

  private @Nullable String driftInjectedAt() {
    return driftReported ? generator.driftInjectedAt().map(Instant::toString).orElse(null) : null;
  }

  private static long dueNanos(long sent, double rate) {
    return rate == 0 ? 0 : (long) (sent * (1e9 / rate));
  }

  private static long nanos(Duration time) {
    return time.compareTo(Duration.ofDays(10_000)) > 0 ? Long.MAX_VALUE : time.toNanos();
  }
}
