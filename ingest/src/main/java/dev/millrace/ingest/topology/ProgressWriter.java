package dev.millrace.ingest.topology;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.ingest.clock.EventClock;
import dev.millrace.ingest.clock.ProgressSchedule;
import dev.millrace.ingest.parked.ParkingDecoder;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.topics.Progress;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/**
 * Writes the progress of one task's arrival partition to each partition of the clean topic: to the
 * task's own directly, to the others through the rekeyed topic, so that it stays behind the events
 * that were written before it. It passes on the progress that arrives through the rekeyed topic.
 *
 * <p>Nothing of this is stored: progress is computed from the stored event clock and the parked
 * records, and repeated.
 */
final class ProgressWriter {
  /** Progress from the rekeyed topic that waits for the records that were parked before it. */
  private record Waiting(Progress progress, long mark) {}

  private final Source source;
  private final int partitions;
  private final int own;
  private final ProcessorContext<byte[], byte[]> context;
  private final EventClock clock;
  private final ParkingDecoder parking;
  private final ArrivalPartitions arrivals;
  private final InstantSource wallClock;
  private final ProgressSchedule schedule;

  /** By partition of the clean topic and arrival partition, which make up the key. */
  private final Map<String, Waiting> waiting = new LinkedHashMap<>();

  /**
   * @param clock of the task's arrival partition
   */
  ProgressWriter(
      Pipeline pipeline,
      Source source,
      ProcessorContext<byte[], byte[]> context,
      EventClock clock,
      ParkingDecoder parking,
      ArrivalPartitions arrivals,
      InstantSource wallClock) {
    this.source = source;
    this.partitions = pipeline.partitions();
    this.own = context.taskId().partition();
    this.context = context;
    this.clock = clock;
    this.parking = parking;
    this.arrivals = arrivals;
    this.wallClock = wallClock;
    this.schedule = new ProgressSchedule(partitions, wallClock.millis());
  }

  /** Before a record of the arrival partition is processed. */
  void beforeRecord() {
    long nowMillis = wallClock.millis();
    if (schedule.read(nowMillis)) {
      write(nowMillis, timeMillis(), false);
    }
  }

  /** After a progress record of a producer. */
  void readProgress() {
    schedule.readProgress();
  }

  /** Writes what is due; called several times a second. */
  void writeIfDue() {
    passOn();
    if (own >= arrivals.count(source.topic())) {
      return; // Without an arrival partition.
    }
    long nowMillis = wallClock.millis();
    boolean idle =
        parking.parkedCount() == 0
            && schedule.silent(nowMillis)
            && arrivals.readToEnd(source.topic(), own, schedule.readMillis());
    if (idle) {
      clock.readToEnd();
    }
    long timeMillis = timeMillis();
    if (schedule.isDue(nowMillis, timeMillis, idle)) {
      write(nowMillis, timeMillis, idle);
    }
  }

  /** Parked events are judged by the clock of the time when they were parked. */
  private long timeMillis() {
    long millis = clock.progressMillis(parking.lowestClockMillis());
    return millis == EventClock.NO_PROGRESS ? Progress.NONE : millis;
  }

  private void write(long nowMillis, long timeMillis, boolean idle) {
    // The topic may have grown since it was counted.
    int count = Math.max(own + 1, arrivals.count(source.topic()));
    Progress progress = new Progress(own, count, timeMillis, idle, nowMillis);
    for (int partition = 0; partition < partitions; partition++) {
      write(
          progress, progress.key(partition), partition == own ? NodeName.CLEAN : NodeName.REKEYED);
    }
    schedule.written(nowMillis, timeMillis, idle);
  }

  /**
   * Takes a progress record of the rekeyed topic. While one waits, a later one of the same arrival
   * partition is dropped, since it is repeated: otherwise a steady arrival of parked records would
   * delay progress for ever.
   *
   * @throws IllegalStateException if it is not valid
   */
  void take(Record<byte[], byte[]> record) {
    Progress progress = Progress.read(record.headers());
    if (progress == null) {
      throw new IllegalStateException(
          "a progress record of the rekeyed topic of source %s has wrong headers, %s: only ingest may write to that topic"
              .formatted(source.name(), record.headers()));
    }
    long mark = parking.mark();
    if (parking.isPast(mark)) {
      waiting.remove(new String(record.key(), UTF_8));
      write(progress, record.key(), NodeName.CLEAN);
    } else {
      waiting.merge(
          new String(record.key(), UTF_8), new Waiting(progress, mark), ProgressWriter::earlier);
    }
  }

  /** The first one, but not as idle if a later one is not. */
  private static Waiting earlier(Waiting first, Waiting later) {
    Progress progress = first.progress;
    return new Waiting(
        new Progress(
            progress.arrival(),
            progress.arrivals(),
            progress.timeMillis(),
            progress.idle() && later.progress.idle(),
            later.progress.writtenMillis()),
        first.mark);
  }

  private void passOn() {
    Iterator<Map.Entry<String, Waiting>> all = waiting.entrySet().iterator();
    while (all.hasNext()) {
      Map.Entry<String, Waiting> next = all.next();
      if (parking.isPast(next.getValue().mark)) {
        write(next.getValue().progress, next.getKey().getBytes(UTF_8), NodeName.CLEAN);
        all.remove();
      }
    }
  }

  @SuppressWarnings("NullAway") // Kafka accepts a null value, but is not annotated.
  private void write(Progress progress, byte[] key, NodeName sink) {
    Headers headers = new RecordHeaders();
    progress.write(headers);
    long timestamp = Math.max(0, progress.timeMillis());
    context.forward(new Record<>(key, null, timestamp, headers), sink.of(source.name()));
  }
}
