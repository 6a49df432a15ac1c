package dev.millrace.ingest.producer.payments;

import dev.millrace.ingest.producer.payments.SimulatedRecord.Payment;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The inputs of the payments pipeline, recomputed in the simplest way. */
final class History {
  static final List<String> NAMES =
      List.of(
          "amount",
          "count_1h",
          "count_1d",
          "amount_ratio",
          "away_from_card",
          "merchant_count_1h",
          "merchant_count_1d",
          "round_amount",
          "hour",
          "wallet");

  private static final long HOUR_MILLIS = Duration.ofHours(1).toMillis();
  private static final long DAY_MILLIS = Duration.ofDays(1).toMillis();

  private final Map<String, Deque<Payment>> customers = new HashMap<>();
  private final Map<String, Deque<Payment>> merchants = new HashMap<>();

  /** The inputs of a payment; the windows include the payment itself. */
  double[] add(Payment payment) {
    Deque<Payment> customer = week(customers, payment.customerId(), payment);
    Deque<Payment> merchant = week(merchants, payment.merchantId(), payment);
    long nowMillis = payment.paidAt().toEpochMilli();
    double mean = customer.stream().mapToDouble(Payment::amount).average().orElseThrow();
    String lastSeen =
        customer.stream()
            .filter(each -> each.channel().equals(PaymentDetails.IN_STORE))
            .reduce((first, second) -> second)
            .map(Payment::country)
            .orElse("");
    return new double[] {
      payment.amount(),
      count(customer, nowMillis - HOUR_MILLIS),
      count(customer, nowMillis - DAY_MILLIS),
      payment.amount() / mean,
      lastSeen.isEmpty() ? -1 : lastSeen.equals(payment.country()) ? 0 : 1,
      count(merchant, nowMillis - HOUR_MILLIS),
      count(merchant, nowMillis - DAY_MILLIS),
      payment.amount() % 50 == 0 ? 1 : 0,
      (nowMillis / HOUR_MILLIS) % 24,
      payment.channel().equals(PaymentDetails.WALLET) ? 1 : 0
    };
  }

  private static Deque<Payment> week(
      Map<String, Deque<Payment>> of, String entity, Payment newest) {
    Deque<Payment> payments = of.computeIfAbsent(entity, key -> new ArrayDeque<>());
    payments.addLast(newest);
    while (Duration.between(payments.getFirst().paidAt(), newest.paidAt()).toMillis()
        > 7 * DAY_MILLIS) {
      payments.removeFirst();
    }
    return payments;
  }

  private static long count(Deque<Payment> payments, long since) {
    return payments.stream().filter(each -> each.paidAt().toEpochMilli() >= since).count();
  }
}
