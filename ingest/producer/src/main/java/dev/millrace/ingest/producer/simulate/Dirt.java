package dev.millrace.ingest.producer.simulate;

import dev.millrace.ingest.producer.simulate.SimulatedRecord.Payment;
import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/** Slips records that are wrong in between those that are right, each kind as often as another. */
final class Dirt {
  private static final Defect[] KINDS = {
    Defect.DUPLICATE, Defect.LATE, Defect.NEGATIVE_AMOUNT, Defect.BAD_MAGIC, Defect.TRUNCATED
  };

  /**
   * A repeat comes within this time: inside the hour for which a pipeline remembers ids, and before
   * the original would be late.
   */
  private static final long LONGEST_REPEAT_MILLIS = Duration.ofMinutes(5).toMillis();

  /**
   * A late payment is later than the lateness by at least this. A pipeline measures lateness by the
   * newest event of the same partition, which at night, with 4 partitions and 2,000 payments a day,
   * may be an hour behind the newest of all; never, in practice, 6 hours (probability e^-17).
   */
  private static final long LATER_THAN_LATENESS_MILLIS = Duration.ofHours(6).toMillis();

  private static final long LATER_SPREAD_MILLIS = Duration.ofHours(1).toMillis();

  private final SimulationSettings settings;
  private final Population population;
  private final Timetable timetable;
  private final Supplier<String> ids;
  private final SplittableRandom random;

  Dirt(
      SimulationSettings settings,
      Population population,
      Timetable timetable,
      Supplier<String> ids,
      SplittableRandom random) {
    this.settings = settings;
    this.population = population;
    this.timetable = timetable;
    this.ids = ids;
    this.random = random;
  }

  /** Enters a wrong record soon after a right one, now and then. */
  void after(Payment payment) {
    if (random.nextDouble() >= settings.badShare()) {
      return;
    }
    Defect defect = KINDS[random.nextInt(KINDS.length)];
    long now = payment.paidAt().toEpochMilli();
    switch (defect) {
      case DUPLICATE ->
          timetable.at(
              now + random.nextLong(1, LONGEST_REPEAT_MILLIS),
              at -> spoiled(payment, payment.paymentId(), payment.amount(), 0, defect));
      case LATE -> {
        long behind =
            settings.lateness().toMillis()
                + LATER_THAN_LATENESS_MILLIS
                + random.nextLong(LATER_SPREAD_MILLIS);
        // Nothing is late on a stream's first morning: no partition may have seen an event yet.
        if (now - 2 * behind >= settings.start().toEpochMilli()) {
          enterNew(now, behind, defect);
        }
      }
      case NEGATIVE_AMOUNT, BAD_MAGIC, TRUNCATED -> enterNew(now, 0, defect);
      case NONE -> throw new AssertionError("no defect at all");
    }
  }

  private void enterNew(long now, long behindMillis, Defect defect) {
    Draft draft = Draft.legitimate(population, random);
    Payment right =
        new Payment(
            "",
            draft.customer().id(),
            draft.merchant().id(),
            draft.device(),
            Math.max(1, PaymentGenerator.cents(draft.amount())),
            draft.country(),
            draft.channel(),
            Instant.ofEpochMilli(now),
            draft.pattern(),
            Defect.NONE);
    double amount = defect == Defect.NEGATIVE_AMOUNT ? -right.amount() : right.amount();
    timetable.at(now, at -> spoiled(right, ids.get(), amount, behindMillis, defect));
  }

  private static Payment spoiled(
      Payment payment, String id, double amount, long behindMillis, Defect defect) {
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
        defect);
  }
}
