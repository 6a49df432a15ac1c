package dev.millrace.deploy.doctor.facts;

import dev.millrace.deploy.doctor.Facts.ClockReading;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Compares the clocks of brokers with that of this machine, from looks at the newest timestamps
 * that they have given to records. When a newer one comes up between two looks, its record was
 * written between the begin of the first look and the end of the second.
 */
final class ClockWatch {
  private final Map<Integer, Long> newest = new HashMap<>();
  private final Map<Integer, Long> lastBegin = new HashMap<>();
  private final Map<Integer, ClockReading> readings = new TreeMap<>();

  /**
   * Adds a look.
   *
   * @param found the newest timestamp of each broker, epoch millis; negative: it has no record
   * @param beginMillis of the look, by the clock of this machine
   * @param endMillis of the look
   */
  void look(Map<Integer, Long> found, long beginMillis, long endMillis) {
    found.forEach(
        (broker, timestamp) -> {
          Long before = newest.put(broker, timestamp);
          Long begin = lastBegin.put(broker, beginMillis);
          if (before != null && begin != null && timestamp > before) {
            long half = (endMillis - begin) / 2 + 1;
            readings.putIfAbsent(
                broker,
                new ClockReading(
                    "broker " + broker,
                    Duration.ofMillis(timestamp - (begin + endMillis) / 2),
                    Duration.ofMillis(half)));
          }
        });
  }

  /** A reading for each broker that has written a record between two looks. */
  List<ClockReading> readings() {
    return new ArrayList<>(readings.values());
  }
}
