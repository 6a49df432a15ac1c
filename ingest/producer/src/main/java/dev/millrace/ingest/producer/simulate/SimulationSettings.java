package dev.millrace.ingest.producer.simulate;

import java.time.Duration;
import java.time.Instant;

/**
 * What decides, down to the last bit, what a simulation yields.
 *
 * @param start first simulated midnight
 * @param customers how many cards there are
 * @param merchants how many shops there are
 * @param paymentsPerDay mean number of legitimate payments on a simulated day
 * @param warmUp simulated time at the beginning that is not counted, see {@link DriftPlan}
 * @param badShare records made to be wrong, per record that is right; 0 for none
 * @param lateness the pipeline's own; a record made to be late is later than that by hours
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

  /**
   * The Monday on which every simulation starts unless told otherwise: long past, so that no event
   * lies in the future of a real clock.
   */
  public static final Instant DEFAULT_START = Instant.parse("2026-01-05T00:00:00Z");

  /** Cards, shops and payments a day that the example pipeline is tuned to. */
  public static final int DEFAULT_CUSTOMERS = 2_000;

  /** See {@link #DEFAULT_CUSTOMERS}. */
  public static final int DEFAULT_MERCHANTS = 2_000;

  /** See {@link #DEFAULT_CUSTOMERS}. */
  public static final int DEFAULT_PAYMENTS_PER_DAY = 2_000;

  /** Checks that the numbers make sense. */
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

  /** A stationary simulation of the default size, without a wrong record. */
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

  /** The same with another drift. */
  public SimulationSettings withDrift(DriftPlan plan) {
    return new SimulationSettings(
        seed, start, customers, merchants, paymentsPerDay, warmUp, badShare, lateness, plan);
  }

  /** The same with another warm-up. */
  public SimulationSettings withWarmUp(Duration time) {
    return new SimulationSettings(
        seed, start, customers, merchants, paymentsPerDay, time, badShare, lateness, drift);
  }

  /** The simulated time at which counting begins. */
  Instant warmUpEnd() {
    return start.plus(warmUp);
  }

  /** The same with another share of wrong records. */
  public SimulationSettings withBadShare(double share) {
    return new SimulationSettings(
        seed, start, customers, merchants, paymentsPerDay, warmUp, share, lateness, drift);
  }

  /**
   * When a drift starts: with the first payment that has both a time not before the given one, and
   * so many payments between the warm-up and itself.
   */
  public record DriftPlan(DriftKind kind, long afterPayments, Instant notBefore) {
    /** No drift at all. */
    public static final DriftPlan NONE = new DriftPlan(DriftKind.NONE, 0, Instant.EPOCH);

    /** Starts after so many payments, repeats of one not counted. */
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
