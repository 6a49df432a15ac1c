package dev.millrace.ingest.producer.payments;

import dev.millrace.ingest.producer.payments.SimulatedRecord.Chargeback;
import dev.millrace.ingest.producer.payments.SimulatedRecord.Payment;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * An endless sequence of payments and chargebacks, in order of event time except for those made
 * late on purpose.
 *
 * <p>Deterministic: the same settings give the same records. Each purpose has its own random
 * stream, so that another share of faulty records, or a drift, does not change the other records.
 * Not thread-safe.
 */
public final class PaymentGenerator implements Iterator<SimulatedRecord> {
  /** Factor on all amounts after the drift {@code price-shift}. */
  static final double PRICE_FACTOR = 1.4;

  /** Share of fraudulent payments that are reported. */
  private static final double REPORTED_SHARE = 0.85;

  /** Shortest time from a payment to its report. */
  private static final Duration EARLIEST_REPORT = Duration.ofHours(6);

  /** Longest time from a payment to its report. */
  private static final Duration LATEST_REPORT = Duration.ofHours(60);

  private static final double LEAST_AMOUNT = 0.5;

  private final SimulationSettings settings;
  private final Population population;
  private final Schedule schedule = new Schedule();
  private final FraudPlanner fraud;
  private final FaultInjector faultInjector;
  private final SplittableRandom arrivals;
  private final SplittableRandom legitimate;
  private final SplittableRandom reports;
  private final String idPrefix;

  private double operationalDays;
  private long payments;
  private long paymentsInWarmUp;
  private long chargebacks;
  private @Nullable Instant driftInjectedAt;

  /** Starts at the first simulated midnight. */
  public PaymentGenerator(SimulationSettings settings) {
    this.settings = settings;
    this.population = new Population(settings.customers(), settings.merchants());
    SplittableRandom random = new SplittableRandom(settings.seed());
    this.arrivals = random.split();
    this.legitimate = random.split();
    this.reports = random.split();
    this.fraud =
        new FraudPlanner(
            population, schedule, this::pay, settings.paymentsPerDay(), random.split());
    this.faultInjector =
        new FaultInjector(settings, population, schedule, this::nextPaymentId, random.split());
    this.idPrefix = Long.toUnsignedString(settings.seed(), Character.MAX_RADIX) + "-";
    fraud.startAt(settings.start().toEpochMilli());
    scheduleNextArrival();
  }

  @Override
  public boolean hasNext() {
    return true;
  }

  @Override
  public SimulatedRecord next() {
    return schedule.next();
  }

  /** Time of the first payment under the drift; empty before it. */
  public Optional<Instant> driftInjectedAt() {
    return Optional.ofNullable(driftInjectedAt);
  }

  private void scheduleNextArrival() {
    operationalDays += arrivals.nextExponential() / settings.paymentsPerDay();
    long atMillis = settings.start().toEpochMilli() + DailyRhythm.clockMillis(operationalDays);
    schedule.add(
        atMillis,
        nowMillis -> {
          scheduleNextArrival();
          return pay(PaymentDetails.legitimate(population, legitimate), nowMillis);
        });
  }

  private SimulatedRecord pay(PaymentDetails details, long nowMillis) {
    Instant time = Instant.ofEpochMilli(nowMillis);
    if (time.isBefore(settings.warmUpEnd())) {
      paymentsInWarmUp = payments + 1;
    }
    if (driftInjectedAt == null && settings.drift().due(payments - paymentsInWarmUp, time)) {
      driftInjectedAt = time;
      if (settings.drift().kind() == DriftKind.NEW_FRAUD) {
        fraud.startDrains(nowMillis);
      }
    }
    Payment payment = payment(details, nextPaymentId(), time);
    if (details.pattern() != FraudPattern.LEGITIMATE && reports.nextDouble() < REPORTED_SHARE) {
      long delayMillis = reports.nextLong(EARLIEST_REPORT.toMillis(), LATEST_REPORT.toMillis());
      schedule.add(nowMillis + delayMillis, atMillis -> report(payment, atMillis));
    }
    faultInjector.maybeAddAfter(payment);
    return payment;
  }

  private Payment payment(PaymentDetails details, String id, Instant time) {
    double factor = driftInjectedAt != null && followsPrices(details.pattern()) ? PRICE_FACTOR : 1;
    return new Payment(
        id,
        details.customer().id(),
        details.merchant().id(),
        details.device(),
        Math.max(LEAST_AMOUNT, cents(details.amount() * factor)),
        details.country(),
        details.channel(),
        time,
        details.pattern(),
        InjectedFault.NONE);
  }

  /**
   * Whether amounts of this pattern change with prices; those of card testing and collusion do not.
   */
  private boolean followsPrices(FraudPattern pattern) {
    return settings.drift().kind() == DriftKind.PRICE_SHIFT
        && (pattern == FraudPattern.LEGITIMATE || pattern == FraudPattern.ACCOUNT_TAKEOVER);
  }

  private Chargeback report(Payment payment, long atMillis) {
    return new Chargeback(
        "cb" + idPrefix + chargebacks++,
        payment.paymentId(),
        payment.customerId(),
        Instant.ofEpochMilli(atMillis));
  }

  private String nextPaymentId() {
    return "p" + idPrefix + payments++;
  }

  static double cents(double amount) {
    return Math.round(amount * 100) / 100.0;
  }
}
