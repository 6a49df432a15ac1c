package dev.millrace.deploy.topic;

import dev.millrace.schemas.topics.Progress;
import dev.millrace.schemas.topics.ProgressTracker;
import dev.millrace.schemas.topics.WireHeaders;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** How far ranges of a clean topic are in event time, and where their last records are. */
public final class TopicProgress {
  private final List<TopicRange> ranges;
  private final Map<Integer, ProgressTracker> trackers = new HashMap<>();
  private final Map<Integer, Long> last = new HashMap<>();

  /** By partition and arrival partition. */
  private final Map<Integer, SortedMap<Integer, Long>> lastEvents = new HashMap<>();

  /** Of ranges of one topic. */
  public TopicProgress(List<TopicRange> ranges) {
    this.ranges = ranges;
    ranges.forEach(range -> trackers.put(range.partition(), new ProgressTracker()));
  }

  /** Takes a record, in the order of the offsets. */
  public void add(ConsumerRecord<byte[], byte[]> record) {
    last.put(record.partition(), record.offset());
    ProgressTracker tracker = trackers.get(record.partition());
    if (record.value() != null) {
      lastEvents
          .computeIfAbsent(record.partition(), unused -> new TreeMap<>())
          .put(WireHeaders.arrival(record.headers(), record.partition()), record.offset());
    } else if (tracker != null && Progress.isProgress(record.value(), record.headers())) {
      Progress progress = Progress.read(record.headers());
      if (progress != null) {
        tracker.take(progress);
      }
    }
  }

  /**
   * The event time that all partitions have passed; {@link Progress#NONE} if one has no progress.
   */
  public long timeMillis() {
    return trackers.values().stream()
        .mapToLong(ProgressTracker::timeMillis)
        .min()
        .orElse(Progress.NONE);
  }

  /** The partitions that have no progress record with a time. */
  public List<Integer> partitionsWithout() {
    return ranges.stream()
        .map(TopicRange::partition)
        .filter(partition -> timeMillis(partition) == Progress.NONE)
        .toList();
  }

  private long timeMillis(int partition) {
    ProgressTracker tracker = trackers.get(partition);
    return tracker == null ? Progress.NONE : tracker.timeMillis();
  }

  /** The ranges as a bounded job reads them: a line for each partition. */
  public List<String> lines() {
    return ranges().stream().map(this::line).toList();
  }

  private String line(TopicRange range) {
    StringBuilder line = new StringBuilder(range.topic());
    line.append(' ').append(range.partition());
    line.append(' ').append(range.from());
    line.append(' ').append(range.to());
    lastEvents
        .getOrDefault(range.partition(), new TreeMap<>())
        .forEach((arrival, offset) -> line.append(' ').append(arrival).append(':').append(offset));
    return line.toString();
  }

  /**
   * The ranges up to their last record. A range can end with markers of transactions, which a
   * reader does not see: it would wait for a record that may never come.
   */
  List<TopicRange> ranges() {
    List<TopicRange> shortened = new ArrayList<>();
    for (TopicRange range : ranges) {
      Long offset = last.get(range.partition());
      long to = offset == null ? range.from() : offset + 1;
      shortened.add(new TopicRange(range.topic(), range.partition(), range.from(), to));
    }
    return shortened;
  }
}
