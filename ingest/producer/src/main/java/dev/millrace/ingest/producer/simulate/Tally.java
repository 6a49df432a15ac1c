package dev.millrace.ingest.producer.simulate;

import dev.millrace.ingest.producer.simulate.SimulatedRecord.Chargeback;
import dev.millrace.ingest.producer.simulate.SimulatedRecord.Payment;
import java.time.Instant;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Counts what was sent, and so what must come out at the other end. */
final class Tally {
  private final Map<Defect, Long> defects = new EnumMap<>(Defect.class);
  private final Map<FraudPattern, Long> patterns = new EnumMap<>(FraudPattern.class);
  private long payments;
  private long chargebacks;
  private @Nullable Instant first;
  private @Nullable Instant last;

  void add(SimulatedRecord sent) {
    if (sent instanceof Payment payment) {
      payments++;
      defects.merge(payment.defect(), 1L, Long::sum);
      if (payment.defect() == Defect.NONE) {
        patterns.merge(payment.pattern(), 1L, Long::sum);
      }
    } else if (sent instanceof Chargeback) {
      chargebacks++;
    }
    first = first == null ? sent.eventTime() : first;
    // Late ones aside, records come in order of time.
    last = last == null || sent.eventTime().isAfter(last) ? sent.eventTime() : last;
  }

  long records() {
    return payments + chargebacks;
  }

  long payments() {
    return payments;
  }

  /** Keys and plain values for a line of JSON. */
  Map<String, @Nullable Object> toMap() {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    map.put("payments", payments);
    map.put("chargebacks", chargebacks);
    map.put("toBeScored", count(Defect.NONE));
    map.put("toBeDropped", count(Defect.DUPLICATE));
    map.put("toBeLate", count(Defect.LATE));
    Map<String, Long> deadLetters = new LinkedHashMap<>();
    deadLetters.put("BAD_MAGIC", count(Defect.BAD_MAGIC));
    deadLetters.put("DECODE", count(Defect.TRUNCATED));
    deadLetters.put("CONTRACT", count(Defect.NEGATIVE_AMOUNT));
    map.put("toBeDeadLetters", deadLetters);
    Map<String, Long> fraud = new LinkedHashMap<>();
    patterns.forEach((pattern, number) -> fraud.put(pattern.name(), number));
    fraud.remove(FraudPattern.LEGITIMATE.name());
    map.put("fraud", fraud);
    map.put("firstEventTime", first == null ? null : first.toString());
    map.put("lastEventTime", last == null ? null : last.toString());
    return map;
  }

  private long count(Defect defect) {
    return defects.getOrDefault(defect, 0L);
  }
}
