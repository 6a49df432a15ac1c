package dev.millrace.ingest.topology;

import java.util.HashMap;
import java.util.Map;

/** What a test says about the producers' topics. */
final class FakeArrivals implements ArrivalPartitions {
  int count = 1;
  boolean answers = true;

  /** When each partition was read to its end. */
  final Map<Integer, Long> readToEnd = new HashMap<>();

  @Override
  public int count(String topic) {
    return count;
  }

  @Override
  public boolean readToEnd(String topic, int partition, long sinceMillis) {
    Long atMillis = readToEnd.get(partition);
    return answers && atMillis != null && atMillis > sinceMillis;
  }
}
