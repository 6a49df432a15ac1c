package dev.millrace.ingest.producer.payments;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.ingest.producer.payments.SimulatedRecord.Chargeback;
import dev.millrace.ingest.producer.payments.SimulatedRecord.Payment;
import dev.millrace.ingest.producer.payments.SimulationSettings.DriftPlan;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PaymentGeneratorTest {
  private static final SimulationSettings SETTINGS = SimulationSettings.of(7);

  private static List<SimulatedRecord> take(SimulationSettings settings, int number) {
    PaymentGenerator generator = new PaymentGenerator(settings);
    List<SimulatedRecord> records = new ArrayList<>(number);
    for (int i = 0; i < number; i++) {
      records.add(generator.next());
    }
    return records;
  }

  private static List<Payment> payments(List<SimulatedRecord> records) {
    return records.stream().filter(Payment.class::isInstance).map(Payment.class::cast).toList();
  }

  @Test
  void sameSettingsGiveTheSameRecords() {
    SimulationSettings faulty =
        SETTINGS.withBadShare(0.1).withDrift(DriftPlan.after(DriftKind.NEW_FRAUD, 3_000));

    assertThat(take(faulty, 10_000)).isEqualTo(take(faulty, 10_000));
    assertThat(take(SETTINGS, 100)).isNotEqualTo(take(SimulationSettings.of(8), 100));
  }

  @Test
  void recordsAreInOrderOfTimeFromTheFirstMidnight() {
    List<SimulatedRecord> records = take(SETTINGS, 20_000);

    assertThat(records).isSortedAccordingTo((a, b) -> a.eventTime().compareTo(b.eventTime()));
    assertThat(records.get(0).eventTime()).isAfterOrEqualTo(SETTINGS.start());
  }

  @Test
  void aDayHasTheConfiguredNumberOfPayments() {
    List<Payment> payments = payments(take(SETTINGS, 42_000));
    Map<Long, Integer> legitimate = new HashMap<>();
    for (Payment payment : payments) {
      if (payment.pattern() == FraudPattern.LEGITIMATE) {
        legitimate.merge(day(payment.paidAt()), 1, Integer::sum);
      }
    }
    // Five standard deviations of a Poisson distribution.
    for (long day = 0; day < 20; day++) {
      assertThat(legitimate.getOrDefault(day, 0).doubleValue())
          .isCloseTo(2_000, within(5 * Math.sqrt(2_000)));
    }
  }

  @Test
  void aSmallShareOfPaymentsIsFraudOfEveryKind() {
    List<Payment> payments = payments(take(SETTINGS, 42_000));
    Map<FraudPattern, Integer> counts = new HashMap<>();
    payments.forEach(payment -> counts.merge(payment.pattern(), 1, Integer::sum));

    assertThat(counts)
        .containsOnlyKeys(
            FraudPattern.LEGITIMATE,
            FraudPattern.CARD_TESTING,
            FraudPattern.ACCOUNT_TAKEOVER,
            FraudPattern.MERCHANT_COLLUSION);
    double fraud = payments.size() - counts.getOrDefault(FraudPattern.LEGITIMATE, 0);
    assertThat(fraud / payments.size()).isBetween(0.012, 0.022);
  }

  @Test
  void mostFraudAndNoOtherPaymentIsReported() {
    List<SimulatedRecord> records = take(SETTINGS, 80_000);
    Map<String, Payment> byId = new HashMap<>();
    payments(records).forEach(payment -> byId.put(payment.paymentId(), payment));
    int reports = 0;
    for (SimulatedRecord record : records) {
      if (record instanceof Chargeback chargeback) {
        reports++;
        Payment payment = requireNonNull(byId.get(chargeback.paymentId()));
        assertThat(payment.pattern()).isNotEqualTo(FraudPattern.LEGITIMATE);
        assertThat(chargeback.customerId()).isEqualTo(payment.customerId());
        assertThat(Duration.between(payment.paidAt(), chargeback.reportedAt()))
            .isBetween(Duration.ofHours(6), Duration.ofHours(60));
      }
    }
    Instant ripe = records.get(records.size() - 1).eventTime().minus(Duration.ofHours(60));
    long fraud =
        payments(records).stream()
            .filter(payment -> payment.pattern() != FraudPattern.LEGITIMATE)
            .filter(payment -> payment.paidAt().isBefore(ripe))
            .count();
    assertThat(reports / (double) fraud).isBetween(0.75, 1.0);
  }

  @Test
  void idsAreUniqueAndDifferFromThoseOfAnotherSeed() {
    Set<String> ids = new HashSet<>();
    payments(take(SETTINGS.withBadShare(0.1), 20_000)).stream()
        .filter(payment -> payment.fault() != InjectedFault.DUPLICATE)
        .forEach(payment -> assertThat(ids.add(payment.paymentId())).isTrue());
    payments(take(SimulationSettings.of(8), 20_000))
        .forEach(payment -> assertThat(ids.add(payment.paymentId())).isTrue());
  }

  @Test
  void faultyRecordsDoNotChangeTheOtherRecords() {
    SimulationSettings faulty = SETTINGS.withBadShare(0.05);
    List<SimulatedRecord> records = take(faulty, 40_000);
    List<Payment> wrong =
        payments(records).stream()
            .filter(payment -> payment.fault() != InjectedFault.NONE)
            .toList();
    List<String> right =
        payments(records).stream()
            .filter(payment -> payment.fault() == InjectedFault.NONE)
            .map(PaymentGeneratorTest::withoutId)
            .toList();

    assertThat(wrong.stream().map(Payment::fault))
        .contains(
            InjectedFault.DUPLICATE,
            InjectedFault.LATE,
            InjectedFault.NEGATIVE_AMOUNT,
            InjectedFault.BAD_MAGIC,
            InjectedFault.TRUNCATED);
    assertThat(wrong.size() / (double) right.size()).isCloseTo(0.05, within(0.006));
    assertThat(payments(take(SETTINGS, 42_000)).stream().map(PaymentGeneratorTest::withoutId))
        .startsWith(right.toArray(new String[0]));
  }

  @Test
  void faultyRecordsHaveTheirInjectedFault() {
    SimulationSettings faulty = SETTINGS.withBadShare(0.05);
    Map<String, Payment> byId = new HashMap<>();
    Instant newest = Instant.EPOCH;
    for (Payment payment : payments(take(faulty, 40_000))) {
      switch (payment.fault()) {
        case DUPLICATE ->
            assertThat(payment)
                .usingRecursiveComparison()
                .ignoringFields("fault")
                .isEqualTo(byId.get(payment.paymentId()));
        case LATE ->
            assertThat(payment.paidAt())
                .isBefore(newest.minus(faulty.lateness()).minus(Duration.ofHours(6)));
        case NEGATIVE_AMOUNT -> assertThat(payment.amount()).isNegative();
        case NONE, BAD_MAGIC, TRUNCATED -> assertThat(payment.amount()).isPositive();
      }
      if (payment.fault() != InjectedFault.LATE && payment.paidAt().isAfter(newest)) {
        newest = payment.paidAt();
      }
      byId.put(payment.paymentId(), payment);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"PRICE_SHIFT", "NEW_FRAUD"})
  void aDriftStartsAfterItsPaymentsAndDoesNotChangeEarlierRecords(DriftKind kind) {
    SimulationSettings drifting = SETTINGS.withDrift(DriftPlan.after(kind, 5_000));
    PaymentGenerator generator = new PaymentGenerator(drifting);
    List<SimulatedRecord> withoutDrift = take(SETTINGS, 6_000);
    int seen = 0;
    for (int i = 0; seen < 5_000; i++) {
      assertThat(generator.driftInjectedAt()).isEmpty();
      SimulatedRecord record = generator.next();
      assertThat(record).isEqualTo(withoutDrift.get(i));
      seen += record instanceof Payment ? 1 : 0;
    }
    SimulatedRecord first = generator.next();
    while (!(first instanceof Payment)) {
      first = generator.next();
    }
    assertThat(generator.driftInjectedAt()).contains(first.eventTime());
  }

  @Test
  void aDriftStartsAtATime() {
    Instant time = SETTINGS.start().plus(Duration.ofHours(31));
    PaymentGenerator generator =
        new PaymentGenerator(SETTINGS.withDrift(DriftPlan.at(DriftKind.PRICE_SHIFT, time)));
    SimulatedRecord record = generator.next();
    while (generator.driftInjectedAt().isEmpty()) {
      record = generator.next();
    }
    assertThat(generator.driftInjectedAt()).contains(record.eventTime());
    assertThat(Duration.between(time, record.eventTime()))
        .isBetween(Duration.ZERO, Duration.ofMinutes(30));
  }

  @Test
  void aWarmUpIsNotCounted() {
    Duration warmUp = Duration.ofDays(2);
    PaymentGenerator generator =
        new PaymentGenerator(
            SETTINGS.withWarmUp(warmUp).withDrift(DriftPlan.after(DriftKind.PRICE_SHIFT, 1_000)));
    int counted = 0;
    while (generator.driftInjectedAt().isEmpty()) {
      SimulatedRecord record = generator.next();
      boolean counts = !record.eventTime().isBefore(SETTINGS.start().plus(warmUp));
      counted += record instanceof Payment && counts ? 1 : 0;
    }
    assertThat(counted).isEqualTo(1_001);
  }

  @Test
  void theNewPatternAppearsOnlyWithTheDrift() {
    List<Payment> payments =
        payments(take(SETTINGS.withDrift(DriftPlan.after(DriftKind.NEW_FRAUD, 5_000)), 15_000));

    assertThat(payments.subList(0, 5_000))
        .noneMatch(payment -> payment.pattern() == FraudPattern.GIFT_CARD_DRAIN);
    double drains =
        payments.subList(5_000, payments.size()).stream()
            .filter(payment -> payment.pattern() == FraudPattern.GIFT_CARD_DRAIN)
            .count();
    assertThat(drains / (payments.size() - 5_000)).isBetween(0.11, 0.17);
  }

  @Test
  void invalidSettingsAreRejected() {
    assertThatThrownBy(() -> SETTINGS.withBadShare(2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("from 0 to 1");
    assertThatThrownBy(() -> SETTINGS.withWarmUp(Duration.ofDays(-1)))
        .hasMessageContaining("warm-up");
  }

  private static long day(Instant time) {
    return Duration.between(SETTINGS.start(), time).toDays();
  }

  private static String withoutId(Payment payment) {
    return payment.customerId() + payment.merchantId() + payment.amount() + payment.paidAt();
  }
}
