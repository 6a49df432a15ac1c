package dev.millrace.ingest.producer.simulate;

import dev.millrace.ingest.producer.simulate.SimulatedRecord.Chargeback;
import dev.millrace.ingest.producer.simulate.SimulatedRecord.Payment;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Endless records of payments and chargebacks, in order of event time but for those that are made
 * to be late.
 *
 * <p>Deterministic: the same settings give the same records. What is drawn for one purpose comes
 * from a random stream of its own, so that another share of bad records, or a drift, leaves all
 * else as it was. Not safe for use by several threads.
 */
public final class PaymentGenerator implements Iterator<SimulatedRecord> {
  /** What everything costs after the drift {@code price-shift}, relative to before. */
  public static final double PRICE_FACTOR = 1.4;

  /** Fraud that its victim notices and reports. */
  private static final double REPORTED_SHARE = 0.85;

  /** A report comes so soon at the earliest, and so late at the latest, after the payment. */
  private static final Duration EARLIEST_REPORT = Duration.ofHours(6);

  private static final Duration LATEST_REPORT = Duration.ofHours(60);

  private static final double LEAST_AMOUNT = 0.5;

  private final SimulationSettings settings;
  private final Population population;
  private final Timetable timetable = new Timetable();
  private final Fraud fraud;
  private final Dirt dirt;
  private final SplittableRandom arrivals;
  private final SplittableRandom legitimate;
  private final SplittableRandom reports;
  private final String idPrefix;

  private double operationalDays;
  private long payments;
  private long paymentsInWarmUp;
  private long chargebacks;
  private @Nullable Instant driftInjectedAt;

  /** Begins at the first simulated midnight. */
  public PaymentGenerator(SimulationSettings settings) {
    this.settings = settings;
    this.population = new Population(settings.customers(), settings.merchants());
    SplittableRandom random = new SplittableRandom(settings.seed());
    this.arrivals = random.split();
    this.legitimate = random.split();
    this.reports = random.split();
    this.fraud =
        new Fraud(population, timetable, this::pay, settings.paymentsPerDay(), random.split());
    this.dirt = new Dirt(settings, population, timetable, this::nextPaymentId, random.split());
    this.idPrefix = Long.toUnsignedString(settings.seed(), Character.MAX_RADIX) + "-";
    fraud.startAt(settings.start().toEpochMilli());
    enterNextArrival();
  }

  @Override
  public boolean hasNext() {
    return true;
  }

  @Override
  public SimulatedRecord next() {
    return timetable.next();
  }

  /** Time of the first payment under the drift; empty before it. */
  public Optional<Instant> driftInjectedAt() {
    return Optional.ofNullable(driftInjectedAt);
  }

  private void enterNextArrival() {
    operationalDays += arrivals.nextExponential() / settings.paymentsPerDay();
    long at = settings.start().toEpochMilli() + DailyRhythm.clockMillis(operationalDays);
    timetable.at(
        at,
        now -> {
          enterNextArrival();
          return pay(Draft.legitimate(population, legitimate), now);
        });
  }

  private SimulatedRecord pay(Draft draft, long now) {
    Instant time = Instant.ofEpochMilli(now);
    if (time.isBefore(settings.warmUpEnd())) {
      paymentsInWarmUp = payments + 1;
    }
    if (driftInjectedAt == null && settings.drift().due(payments - paymentsInWarmUp, time)) {
      driftInjectedAt = time;
      if (settings.drift().kind() == DriftKind.NEW_FRAUD) {
        fraud.startDrains(now);
      }
    }
    Payment payment = payment(draft, nextPaymentId(), time);
    if (draft.pattern() != FraudPattern.LEGITIMATE && reports.nextDouble() < REPORTED_SHARE) {
      long delay = reports.nextLong(EARLIEST_REPORT.toMillis(), LATEST_REPORT.toMillis());
      timetable.at(now + delay, at -> report(payment, at));
    }
    dirt.after(payment);
    return payment;
  }

  private Payment payment(Draft draft, String id, Instant time) {
    double factor = driftInjectedAt != null && pricesRise(draft.pattern()) ? PRICE_FACTOR : 1;
    return new Payment(
        id,
        draft.customer().id(),
        draft.merchant().id(),
        draft.device(),
        Math.max(LEAST_AMOUNT, cents(draft.amount() * factor)),
        draft.country(),
        draft.channel(),
        time,
        draft.pattern(),
        Defect.NONE);
  }

  /** Who tests a card or rounds up a bill does not look at prices. */
  private boolean pricesRise(FraudPattern pattern) {
    return settings.drift().kind() == DriftKind.PRICE_SHIFT
        && (pattern == FraudPattern.LEGITIMATE || pattern == FraudPattern.ACCOUNT_TAKEOVER);
  }

  private Chargeback report(Payment payment, long at) {
    return new Chargeback(
        "cb" + idPrefix + chargebacks++,
        payment.paymentId(),
        payment.customerId(),
        Instant.ofEpochMilli(at));
  }

  private String nextPaymentId() {
    return "p" + idPrefix + payments++;
  }

  static double cents(double amount) {
    return Math.round(amount * 100) / 100.0;
  }
}
