package dev.millrace.ingest.producer.payments;

import dev.millrace.ingest.producer.payments.Population.Customer;
import dev.millrace.ingest.producer.payments.Population.Merchant;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/**
 * Plans the fraud of each simulated day.
 *
 * <p>The number of fraud cases per day is fixed, not drawn, and their sizes vary little: fraud has
 * clusters, and a random number of clusters would make days differ by more than independent
 * payments do. The patterns are those of the literature on card fraud: Le Borgne et al.,
 * Reproducible Machine Learning for Credit Card Fraud Detection (2022), chapters 2 and 3.
 */
final class FraudPlanner {
  /** Cases per 1,000 payments of a day; together 1.7 % of all payments. */
  private static final double TESTING_PER_THOUSAND = 0.5;

  private static final double TAKEOVERS_PER_THOUSAND = 1;
  private static final double COLLUSIONS_PER_THOUSAND = 0.5;

  /** Cases of the new pattern per 1,000 payments: one payment in seven, 4 per case. */
  private static final double DRAINS_PER_THOUSAND = 40;

  private static final int DRAIN_PAYMENTS = 4;

  private static final long MINUTE_MILLIS = Duration.ofMinutes(1).toMillis();
  private static final long HOUR_MILLIS = Duration.ofHours(1).toMillis();
  private static final long DAY_MILLIS = Duration.ofDays(1).toMillis();

  /** Makes the payment record for details and a time. */
  interface PaymentFactory {
    SimulatedRecord create(PaymentDetails details, long atMillis);
  }

  private final Population population;
  private final Schedule schedule;
  private final PaymentFactory factory;
  private final double thousandsPerDay;
  private final SplittableRandom random;
  private final SplittableRandom drainRandom;
  private long fraudDevices;

  FraudPlanner(
      Population population,
      Schedule schedule,
      PaymentFactory factory,
      int paymentsPerDay,
      SplittableRandom random) {
    this.population = population;
    this.schedule = schedule;
    this.factory = factory;
    this.thousandsPerDay = paymentsPerDay / 1_000.0;
    this.random = random;
    this.drainRandom = random.split();
  }

  /** Schedules the fraud of this and every following day. */
  void startAt(long midnightMillis) {
    schedule.add(
        midnightMillis,
        nowMillis -> {
          planDay(nowMillis);
          startAt(nowMillis + DAY_MILLIS);
          return null;
        });
  }

  /** Schedules the new pattern, from a time on. */
  void startDrains(long atMillis) {
    double meanGapMillis = DAY_MILLIS / (DRAINS_PER_THOUSAND * thousandsPerDay);
    long firstMillis = atMillis + (long) (meanGapMillis * drainRandom.nextExponential());
    schedule.add(
        firstMillis,
        nowMillis -> {
          drain(nowMillis);
          startDrains(nowMillis);
          return null;
        });
  }

  private void planDay(long midnightMillis) {
    for (int i = cases(TESTING_PER_THOUSAND); i > 0; i--) {
      testCard(midnightMillis + random.nextLong(DAY_MILLIS));
    }
    for (int i = cases(TAKEOVERS_PER_THOUSAND); i > 0; i--) {
      takeOver(midnightMillis + HOUR_MILLIS + random.nextLong(4 * HOUR_MILLIS));
    }
    for (int i = cases(COLLUSIONS_PER_THOUSAND); i > 0; i--) {
      collude(midnightMillis + 9 * HOUR_MILLIS + random.nextLong(9 * HOUR_MILLIS));
    }
  }

  /** The fixed number of cases of a day; only the fractional part is drawn. */
  private int cases(double perThousand) {
    double mean = perThousand * thousandsPerDay;
    int whole = (int) mean;
    return mean > whole && random.nextDouble() < mean - whole ? whole + 1 : whole;
  }

  private void testCard(long startMillis) {
    Customer victim = population.victim(random);
    Merchant merchant = population.digitalMerchant(random);
    String device = newFraudDevice();
    schedule(
        random.nextInt(12, 19),
        startMillis,
        MINUTE_MILLIS,
        () ->
            new PaymentDetails(
                victim,
                merchant,
                device,
                0.5 + 2.5 * random.nextDouble(),
                victim.home(),
                PaymentDetails.ONLINE,
                FraudPattern.CARD_TESTING));
  }

  private void takeOver(long startMillis) {
    Customer victim = population.victim(random);
    String device = newFraudDevice();
    schedule(
        random.nextInt(3, 6),
        startMillis,
        20 * MINUTE_MILLIS,
        () -> {
          Merchant merchant = population.expensiveMerchant(random);
          double usual = merchant.category().amount(victim.spending(), random);
          return new PaymentDetails(
              victim,
              merchant,
              device,
              150 + 2.5 * usual,
              // Each payment has another country, as through changing relays.
              PaymentDetails.farCountry(random),
              PaymentDetails.ONLINE,
              FraudPattern.ACCOUNT_TAKEOVER);
        });
  }

  private void collude(long startMillis) {
    Merchant merchant = population.colludingMerchant(random);
    double amount = 50 * random.nextInt(2, 7);
    schedule(
        random.nextInt(10, 15),
        startMillis,
        7 * MINUTE_MILLIS,
        () -> {
          Customer accomplice = population.victim(random);
          return new PaymentDetails(
              accomplice,
              merchant,
              accomplice.devices().get(0),
              amount,
              accomplice.home(),
              PaymentDetails.IN_STORE,
              FraudPattern.MERCHANT_COLLUSION);
        });
  }

  private void drain(long startMillis) {
    Customer victim = population.victim(drainRandom);
    String device = newFraudDevice();
    long atMillis = startMillis;
    for (int i = 0; i < DRAIN_PAYMENTS; i++) {
      atMillis += drainRandom.nextLong(1, 10 * MINUTE_MILLIS);
      schedule.add(
          atMillis,
          nowMillis ->
              factory.create(
                  new PaymentDetails(
                      victim,
                      population.digitalMerchant(drainRandom),
                      device,
                      85 + 30 * drainRandom.nextDouble(),
                      victim.home(),
                      PaymentDetails.WALLET,
                      FraudPattern.GIFT_CARD_DRAIN),
                  nowMillis));
    }
  }

  private String newFraudDevice() {
    return "x%06d".formatted(fraudDevices++);
  }

  /** Schedules payments one after the other, at random gaps around a mean. */
  private void schedule(
      int payments, long startMillis, long meanGapMillis, Supplier<PaymentDetails> details) {
    long atMillis = startMillis;
    for (int i = 0; i < payments; i++) {
      schedule.add(atMillis, nowMillis -> factory.create(details.get(), nowMillis));
      atMillis += random.nextLong(meanGapMillis / 2, meanGapMillis + meanGapMillis / 2);
    }
  }
}
