package dev.millrace.ingest.producer.payments;

import dev.millrace.ingest.producer.payments.SimulatedRecord.Payment;
import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/** Adds faulty records between the correct ones, each kind of fault equally often. */
final class FaultInjector {
  private static final InjectedFault[] KINDS = {
    InjectedFault.DUPLICATE,
    InjectedFault.LATE,
    InjectedFault.NEGATIVE_AMOUNT,
    InjectedFault.BAD_MAGIC,
    InjectedFault.TRUNCATED
  };

  /**
   * A duplicate is sent within this time, which is shorter than the hour for which a pipeline keeps
   * ids and than the time until the original would be late.
   */
  private static final long LONGEST_DUPLICATE_DELAY_MILLIS = Duration.ofMinutes(5).toMillis();

  /**
   * A late payment exceeds the lateness by at least this. A pipeline measures lateness by the
   * events of the same partition. At night, with 4 partitions and 2,000 payments a day, a partition
   * may be an hour behind the newest of all; 6 hours have a probability of e^-17.
   */
  private static final long LATER_THAN_LATENESS_MILLIS = Duration.ofHours(6).toMillis();

  private static final long LATER_SPREAD_MILLIS = Duration.ofHours(1).toMillis();

  private final SimulationSettings settings;
  private final Population population;
  private final Schedule schedule;
  private final Supplier<String> ids;
  private final SplittableRandom random;

  FaultInjector(
      SimulationSettings settings,
      Population population,
      Schedule schedule,
      Supplier<String> ids,
      SplittableRandom random) {
    this.settings = settings;
    this.population = population;
    this.schedule = schedule;
    this.ids = ids;
    this.random = random;
  }

  /** Adds a faulty record soon after a correct one, with the probability of the settings. */
  void maybeAddAfter(Payment payment) {
    if (random.nextDouble() >= settings.badShare()) {
      return;
    }
    InjectedFault fault = KINDS[random.nextInt(KINDS.length)];
    long nowMillis = payment.paidAt().toEpochMilli();
    switch (fault) {
      case DUPLICATE ->
          schedule.add(
              nowMillis + random.nextLong(1, LONGEST_DUPLICATE_DELAY_MILLIS),
              atMillis -> faulty(payment, payment.paymentId(), payment.amount(), 0, fault));
      case LATE -> {
        long behindMillis =
            settings.lateness().toMillis()
                + LATER_THAN_LATENESS_MILLIS
                + random.nextLong(LATER_SPREAD_MILLIS);
        // No late payments at the start of a stream: a partition may not have had an event yet.
        if (nowMillis - 2 * behindMillis >= settings.start().toEpochMilli()) {
          addNew(nowMillis, behindMillis, fault);
        }
      }
      case NEGATIVE_AMOUNT, BAD_MAGIC, TRUNCATED -> addNew(nowMillis, 0, fault);
      case NONE -> throw new AssertionError("a faulty record without a fault");
    }
  }

  private void addNew(long nowMillis, long behindMillis, InjectedFault fault) {
    PaymentDetails details = PaymentDetails.legitimate(population, random);
    Payment correct =
        new Payment(
            "",
            details.customer().id(),
            details.merchant().id(),
            details.device(),
            Math.max(1, PaymentGenerator.cents(details.amount())),
            details.country(),
            details.channel(),
            Instant.ofEpochMilli(nowMillis),
            details.pattern(),
            InjectedFault.NONE);
    double amount = fault == InjectedFault.NEGATIVE_AMOUNT ? -correct.amount() : correct.amount();
    schedule.add(nowMillis, atMillis -> faulty(correct, ids.get(), amount, behindMillis, fault));
  }

  private static Payment faulty(
      Payment payment, String id, double amount, long behindMillis, InjectedFault fault) {
    return new Payment(
        id,
        payment.customerId(),
        payment.merchantId(),
        payment.deviceId(),
        amount,
        payment.country(),
        payment.channel(),
        payment.paidAt().minusMillis(behindMillis),
        payment.pattern(),
        fault);
  }
}
