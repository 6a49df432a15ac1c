package dev.millrace.ingest.producer.simulate;

import dev.millrace.ingest.producer.simulate.Population.Customer;
import dev.millrace.ingest.producer.simulate.Population.Merchant;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/**
 * Plans the fraud of each simulated day.
 *
 * <p>How many episodes a day has is fixed, not drawn, and their sizes vary little: fraud comes in
 * clusters, and clusters of random number would make one day differ from the next by more than
 * independent payments do. The patterns are those of the literature on card fraud: Le Borgne et
 * al., Reproducible Machine Learning for Credit Card Fraud Detection (2022), chapters 2 and 3.
 */
final class Fraud {
  /** Episodes for each 1,000 payments of a day; together 1.7 % of all payments. */
  private static final double TESTING_PER_THOUSAND = 0.5;

  private static final double TAKEOVERS_PER_THOUSAND = 1;
  private static final double COLLUSIONS_PER_THOUSAND = 0.5;

  /** Episodes of the new pattern for each 1,000 payments: one payment in seven, 4 an episode. */
  private static final double DRAINS_PER_THOUSAND = 40;

  private static final int DRAIN_PAYMENTS = 4;

  private static final long MINUTE = Duration.ofMinutes(1).toMillis();
  private static final long HOUR = Duration.ofHours(1).toMillis();
  private static final long DAY = Duration.ofDays(1).toMillis();

  /** Turns a draft into a payment at a time. */
  interface Till {
    SimulatedRecord pay(Draft draft, long atMillis);
  }

  private final Population population;
  private final Timetable timetable;
  private final Till till;
  private final double thousandsPerDay;
  private final SplittableRandom random;
  private final SplittableRandom drainRandom;
  private long thieves;

  Fraud(
      Population population,
      Timetable timetable,
      Till till,
      int paymentsPerDay,
      SplittableRandom random) {
    this.population = population;
    this.timetable = timetable;
    this.till = till;
    this.thousandsPerDay = paymentsPerDay / 1_000.0;
    this.random = random;
    this.drainRandom = random.split();
  }

  /** Enters the fraud of this and every following day. */
  void startAt(long midnightMillis) {
    timetable.at(
        midnightMillis,
        now -> {
          planDay(now);
          startAt(now + DAY);
          return null;
        });
  }

  /** Enters the new pattern, which has come to stay. */
  void startDrains(long atMillis) {
    double meanGap = DAY / (DRAINS_PER_THOUSAND * thousandsPerDay);
    long first = atMillis + (long) (meanGap * drainRandom.nextExponential());
    timetable.at(
        first,
        now -> {
          drain(now);
          startDrains(now);
          return null;
        });
  }

  private void planDay(long midnight) {
    for (int i = episodes(TESTING_PER_THOUSAND); i > 0; i--) {
      testCard(midnight + random.nextLong(DAY));
    }
    for (int i = episodes(TAKEOVERS_PER_THOUSAND); i > 0; i--) {
      takeOver(midnight + HOUR + random.nextLong(4 * HOUR));
    }
    for (int i = episodes(COLLUSIONS_PER_THOUSAND); i > 0; i--) {
      collude(midnight + 9 * HOUR + random.nextLong(9 * HOUR));
    }
  }

  /** The fixed number of a day; what is left of a fraction is drawn. */
  private int episodes(double perThousand) {
    double mean = perThousand * thousandsPerDay;
    int whole = (int) mean;
    return mean > whole && random.nextDouble() < mean - whole ? whole + 1 : whole;
  }

  private void testCard(long start) {
    Customer victim = population.victim(random);
    Merchant merchant = population.digitalMerchant(random);
    String device = thiefsDevice();
    enter(
        random.nextInt(12, 19),
        start,
        MINUTE,
        () ->
            new Draft(
                victim,
                merchant,
                device,
                0.5 + 2.5 * random.nextDouble(),
                victim.home(),
                Draft.ONLINE,
                FraudPattern.CARD_TESTING));
  }

  private void takeOver(long start) {
    Customer victim = population.victim(random);
    String device = thiefsDevice();
    enter(
        random.nextInt(3, 6),
        start,
        20 * MINUTE,
        () -> {
          Merchant merchant = population.expensiveMerchant(random);
          double usual = merchant.category().amount(victim.spending(), random);
          return new Draft(
              victim,
              merchant,
              device,
              150 + 2.5 * usual,
              // A thief hides behind a relay, and changes it.
              Draft.farCountry(random),
              Draft.ONLINE,
              FraudPattern.ACCOUNT_TAKEOVER);
        });
  }

  private void collude(long start) {
    Merchant merchant = population.colludingMerchant(random);
    double amount = 50 * random.nextInt(2, 7);
    enter(
        random.nextInt(10, 15),
        start,
        7 * MINUTE,
        () -> {
          Customer accomplice = population.victim(random);
          return new Draft(
              accomplice,
              merchant,
              accomplice.devices().get(0),
              amount,
              accomplice.home(),
              Draft.IN_STORE,
              FraudPattern.MERCHANT_COLLUSION);
        });
  }

  private void drain(long start) {
    Customer victim = population.victim(drainRandom);
    String device = thiefsDevice();
    long at = start;
    for (int i = 0; i < DRAIN_PAYMENTS; i++) {
      at += drainRandom.nextLong(1, 10 * MINUTE);
      timetable.at(
          at,
          now ->
              till.pay(
                  new Draft(
                      victim,
                      population.digitalMerchant(drainRandom),
                      device,
                      85 + 30 * drainRandom.nextDouble(),
                      victim.home(),
                      Draft.WALLET,
                      FraudPattern.GIFT_CARD_DRAIN),
                  now));
    }
  }

  private String thiefsDevice() {
    return "x%06d".formatted(thieves++);
  }

  /** Enters payments one after the other, at random distances around a mean one. */
  private void enter(int payments, long start, long meanGap, Supplier<Draft> draft) {
    long at = start;
    for (int i = 0; i < payments; i++) {
      timetable.at(at, now -> till.pay(draft.get(), now));
      at += random.nextLong(meanGap / 2, meanGap + meanGap / 2);
    }
  }
}
