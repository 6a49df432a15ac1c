package dev.millrace.ingest.producer.simulate;

import dev.millrace.ingest.producer.payments.FraudPattern;
import dev.millrace.ingest.producer.payments.InjectedFault;
import dev.millrace.ingest.producer.payments.SimulatedRecord;
import dev.millrace.ingest.producer.payments.SimulatedRecord.Chargeback;
import dev.millrace.ingest.producer.payments.SimulatedRecord.Payment;
import java.time.Instant;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Counts the sent records by the result that the pipeline must have for them. */
final class SentCounts {
  private final Map<InjectedFault, Long> faults = new EnumMap<>(InjectedFault.class);
  private final Map<FraudPattern, Long> patterns = new EnumMap<>(FraudPattern.class);
  private long payments;
  private long chargebacks;
  private @Nullable Instant first;
  private @Nullable Instant last;

  void add(SimulatedRecord sent) {
    if (sent instanceof Payment payment) {
      payments++;
      faults.merge(payment.fault(), 1L, Long::sum);
      if (payment.fault() == InjectedFault.NONE) {
        patterns.merge(payment.pattern(), 1L, Long::sum);
      }
    } else if (sent instanceof Chargeback) {
      chargebacks++;
    }
    first = first == null ? sent.eventTime() : first;
    // Records are in order of time, except for late ones.
    last = last == null || sent.eventTime().isAfter(last) ? sent.eventTime() : last;
  }

  long records() {
    return payments + chargebacks;
  }

  long payments() {
    return payments;
  }

  /** The counts, for a line of JSON. */
  Map<String, @Nullable Object> toMap() {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    map.put("payments", payments);
    map.put("chargebacks", chargebacks);
    map.put("toBeScored", count(InjectedFault.NONE));
    map.put("toBeDropped", count(InjectedFault.DUPLICATE));
    map.put("toBeLate", count(InjectedFault.LATE));
    Map<String, Long> deadLetters = new LinkedHashMap<>();
    deadLetters.put("BAD_MAGIC", count(InjectedFault.BAD_MAGIC));
    deadLetters.put("DECODE", count(InjectedFault.TRUNCATED));
    deadLetters.put("CONTRACT", count(InjectedFault.NEGATIVE_AMOUNT));
    map.put("toBeDeadLetters", deadLetters);
    Map<String, Long> fraud = new LinkedHashMap<>();
    patterns.forEach((pattern, number) -> fraud.put(pattern.name(), number));
    fraud.remove(FraudPattern.LEGITIMATE.name());
    map.put("fraud", fraud);
    map.put("firstEventTime", first == null ? null : first.toString());
    map.put("lastEventTime", last == null ? null : last.toString());
    return map;
  }

  private long count(InjectedFault fault) {
    return faults.getOrDefault(fault, 0L);
  }
}
