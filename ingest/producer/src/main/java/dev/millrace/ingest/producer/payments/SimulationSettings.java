package dev.millrace.ingest.producer.payments;

import java.time.Duration;
import java.time.Instant;

/**
 * The settings of a simulation; the same settings give the same records.
 *
 * @param start first simulated midnight
 * @param customers number of customers
 * @param merchants number of merchants
 * @param paymentsPerDay mean number of legitimate payments on a simulated day
 * @param warmUp simulated time at the beginning that is not counted, see {@link DriftPlan}
 * @param badShare faulty records per correct record; 0 for none
 * @param lateness the pipeline's; a record made late on purpose exceeds it by hours
 * @param drift what changes, and when
 */
public record SimulationSettings(
    long seed,
    Instant start,
    int customers,
    int merchants,
    int paymentsPerDay,
    Duration warmUp,
    double badShare,
    Duration lateness,
    DriftPlan drift) {

  /** The default start, a Monday: in the past, so that no event is ahead of the wall clock. */
  static final Instant DEFAULT_START = Instant.parse("2026-01-05T00:00:00Z");

  /** The defaults fit the example pipeline. */
  public static final int DEFAULT_CUSTOMERS = 2_000;

  /** See {@link #DEFAULT_CUSTOMERS}. */
  public static final int DEFAULT_MERCHANTS = 2_000;

  /** See {@link #DEFAULT_CUSTOMERS}. */
  public static final int DEFAULT_PAYMENTS_PER_DAY = 2_000;

  /** Checks the numbers. */
  public SimulationSettings {
    atLeastOne("customers", customers);
    atLeastOne("merchants", merchants);
    atLeastOne("payments per day", paymentsPerDay);
    if (!(badShare >= 0 && badShare <= 1)) {
      throw new IllegalArgumentException(
          "the share of bad records is " + badShare + "; give a number from 0 to 1");
    }
    notNegative("lateness", lateness);
    notNegative("warm-up", warmUp);
  }

  private static void atLeastOne(String what, int value) {
    if (value < 1) {
      throw new IllegalArgumentException("the number of " + what + " is " + value + ", not >= 1");
    }
  }

  private static void notNegative(String what, Duration value) {
    if (value.isNegative()) {
      throw new IllegalArgumentException("the " + what + " " + value + " is negative");
    }
  }

  /** A stationary simulation of the default size, without faulty records. */
  public static SimulationSettings of(long seed) {
    return new SimulationSettings(
        seed,
        DEFAULT_START,
        DEFAULT_CUSTOMERS,
        DEFAULT_MERCHANTS,
        DEFAULT_PAYMENTS_PER_DAY,
        Duration.ZERO,
        0,
        Duration.ofMinutes(10),
        DriftPlan.NONE);
  }

  /** These settings with another drift. */
  public SimulationSettings withDrift(DriftPlan plan) {
    return new SimulationSettings(
        seed, start, customers, merchants, paymentsPerDay, warmUp, badShare, lateness, plan);
  }

  /** These settings with another warm-up. */
  public SimulationSettings withWarmUp(Duration time) {
    return new SimulationSettings(
        seed, start, customers, merchants, paymentsPerDay, time, badShare, lateness, drift);
  }

  /** The simulated time at which counting begins. */
  public Instant warmUpEnd() {
    return start.plus(warmUp);
  }

  /** These settings with another share of faulty records. */
  public SimulationSettings withBadShare(double share) {
    return new SimulationSettings(
        seed, start, customers, merchants, paymentsPerDay, warmUp, share, lateness, drift);
  }

  /**
   * When a drift starts: with the first payment that is not before the given time, and has at least
   * the given number of payments between the warm-up and itself.
   */
  public record DriftPlan(DriftKind kind, long afterPayments, Instant notBefore) {
    /** No drift. */
    public static final DriftPlan NONE = new DriftPlan(DriftKind.NONE, 0, Instant.EPOCH);

    /** Starts after so many payments, duplicates not counted. */
    public static DriftPlan after(DriftKind kind, long payments) {
      return new DriftPlan(kind, payments, Instant.EPOCH);
    }

    /** Starts at a simulated time. */
    public static DriftPlan at(DriftKind kind, Instant time) {
      return new DriftPlan(kind, 0, time);
    }

    boolean due(long payments, Instant now) {
      return kind != DriftKind.NONE && payments >= afterPayments && !now.isBefore(notBefore);
    }
  }
}
