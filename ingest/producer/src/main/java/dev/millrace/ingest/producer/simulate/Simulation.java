package dev.millrace.ingest.producer.simulate;

import dev.millrace.ingest.producer.publish.JsonLine;
import dev.millrace.ingest.producer.publish.Pacer;
import dev.millrace.ingest.producer.publish.Publisher;
import dev.millrace.ingest.producer.publish.StopSignal;
import dev.millrace.ingest.producer.simulate.SimulatedRecord.Chargeback;
import dev.millrace.ingest.producer.simulate.SimulatedRecord.Payment;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Sends what the generator makes, the warm-up first, then at a steady rate. */
final class Simulation {
  /**
   * When to stop and how fast to go.
   *
   * @param events records of the payments source after the warm-up; {@link Long#MAX_VALUE} for no
   *     end
   * @param time wall-clock time after the warm-up
   * @param rate records per second, of both sources together; 0 for flat out
   * @param warmUpRate the same during the warm-up
   */
  record Limits(long events, Duration time, double rate, double warmUpRate) {}

  private final SimulationSettings settings;
  private final PaymentGenerator generator;
  private final SourceEncoder<Payment> payments;
  private final SourceEncoder<Chargeback> chargebacks;
  private final Publisher publisher;
  private final Pacer pacer;
  private final StopSignal stop;
  private final PrintStream out;
  private final Tally tally = new Tally();
  private boolean driftTold;

  Simulation(
      SimulationSettings settings,
      SourceEncoder<Payment> payments,
      SourceEncoder<Chargeback> chargebacks,
      Publisher publisher,
      Pacer pacer,
      StopSignal stop,
      PrintStream out) {
    this.settings = settings;
    this.generator = new PaymentGenerator(settings);
    this.payments = payments;
    this.chargebacks = chargebacks;
    this.publisher = publisher;
    this.pacer = pacer;
    this.stop = stop;
    this.out = out;
  }

  /** Sends until a limit is reached or a stop asked for, and flushes. */
  void run(Limits limits) {
    SimulatedRecord next = warmUp(limits);
    publisher.flush();
    long warmUpPayments = tally.payments();
    tell("started", Map.of("eventTime", next.eventTime().toString()));
    pacer.restart();
    long sent = 0;
    long untilNanos = nanos(limits.time());
    while (!stop.requested()
        && tally.payments() - warmUpPayments < limits.events()
        && dueNanos(sent, limits.rate()) < untilNanos
        && pacer.elapsedNanos() < untilNanos) {
      pace(sent++, limits.rate());
      if (!stop.requested()) {
        send(next);
        next = generator.next();
      }
    }
    publisher.flush();
  }

  /** Sends the warm-up and gives the first record after it. */
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
    if (rate > 0) {
      pacer.await(dueNanos(sent, rate));
    }
  }

  private void send(SimulatedRecord next) {
    if (next instanceof Payment payment) {
      publisher.send(payments.topic(), payment.key(), payments.encode(payment));
    } else if (next instanceof Chargeback chargeback) {
      publisher.send(chargebacks.topic(), chargeback.key(), chargebacks.encode(chargeback));
    }
    tally.add(next);
    // The generator is one record ahead of what was sent.
    if (!driftTold
        && generator.driftInjectedAt().filter(at -> !next.eventTime().isBefore(at)).isPresent()) {
      driftTold = true;
      tell("drift", Map.of("kind", settings.drift().kind().toString()));
    }
  }

  private void tell(String event, Map<String, ?> details) {
    Map<String, @Nullable Object> line = new LinkedHashMap<>();
    line.put("event", event);
    line.putAll(details);
    line.put("driftInjectedAt", driftInjectedAt());
    line.put("payments", tally.payments());
    JsonLine.print(out, line);
  }

  /** What was sent, for the last line. */
  Map<String, @Nullable Object> summary() {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    map.put("event", "finished");
    map.put("seed", settings.seed());
    map.put("acknowledged", publisher.acknowledged());
    map.putAll(tally.toMap());
    map.put("drift", settings.drift().kind().toString());
    map.put("driftInjectedAt", driftInjectedAt());
    map.put("delayed", pacer.delayed());
    map.put("longestDelayMillis", pacer.longestDelay().toMillis());
    double seconds = pacer.elapsedNanos() / 1e9;
    map.put("seconds", Math.round(seconds * 1_000) / 1_000.0);
    return map;
  }

  private @Nullable String driftInjectedAt() {
    return driftTold ? generator.driftInjectedAt().map(Instant::toString).orElse(null) : null;
  }

  private static long dueNanos(long sent, double rate) {
    return rate == 0 ? 0 : (long) (sent * (1e9 / rate));
  }

  private static long nanos(Duration time) {
    return time.compareTo(Duration.ofDays(10_000)) > 0 ? Long.MAX_VALUE : time.toNanos();
  }
}
