package dev.millrace.deploy.dataset.rows;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.apache.avro.generic.GenericRecord;

/**
 * Joins predictions to labels by event id and sorts the rows by event time and event id.
 *
 * <p>A join by partitioned hashing: each event id has one of several bucket files; the predictions
 * and labels of one bucket at a time are read into memory, joined, sorted and written again. The
 * sorted buckets are then merged. The memory is that of one bucket.
 */
public final class RowJoin implements Closeable {
  /** The files of all buckets are open at a time; common limits are 1024 files of a process. */
  private static final int MAX_BUCKETS = 256;

  /** With rows of 500 bytes, 25 MB of memory. */
  private static final long RECORDS_PER_BUCKET = 50_000;

  private final Path directory;
  private final RowColumns columns;
  private final Selection selection;
  private final byte[] noLabel;
  private final List<EntryWriter> buckets = new ArrayList<>();

  private long rows;
  private long predictions;
  private long repeated;
  private long unlabelled;
  private long incomplete;
  private long withoutPrediction;

  /** Receives rows in their order. */
  public interface RowSink {
    /**
     * @param values see {@link RowValues}
     */
    void accept(byte[] values) throws IOException;
  }

  /**
   * @param directory for temporary files; it must exist
   * @param expectedRecords the number of predictions and labels, at least roughly
   */
  public RowJoin(Path directory, RowColumns columns, Selection selection, long expectedRecords)
      throws IOException {
    this.directory = directory;
    this.columns = columns;
    this.selection = selection;
    this.noLabel = columns.label(null);
    long count = Math.min(MAX_BUCKETS, 1 + expectedRecords / RECORDS_PER_BUCKET);
    for (int bucket = 0; bucket < count; bucket++) {
      buckets.add(new EntryWriter(bucket(bucket)));
    }
  }

  /** Adds a prediction, which replaces earlier ones with the same event id. */
  public void prediction(GenericRecord record) throws IOException {
    boolean complete = RowColumns.isComplete(record);
    add(false, record, complete, columns::prediction);
  }

  /** Adds a label, which replaces earlier ones with the same event id. */
  public void label(GenericRecord record) throws IOException {
    add(true, record, false, columns::label);
  }

  private interface Encoder {
    byte[] encode(GenericRecord record);
  }

  private void add(boolean isLabel, GenericRecord record, boolean complete, Encoder encoder)
      throws IOException {
    long eventTimeMillis = (Long) record.get(RowColumns.EVENT_TIME);
    if (selection.includes(eventTimeMillis)) {
      String id = record.get(RowColumns.EVENT_ID).toString();
      buckets
          .get(Math.floorMod(id.hashCode(), buckets.size()))
          .write(new Entry(isLabel, eventTimeMillis, id, complete, encoder.encode(record)));
    }
  }

  /**
   * Passes on all rows in their order. No more records can be added.
   *
   * @param undecodable the number of records that could not be decoded, for the counts
   */
  public Counts finish(RowSink sink, long undecodable) throws IOException {
    close();
    List<Path> runs = new ArrayList<>();
    for (int bucket = 0; bucket < buckets.size(); bucket++) {
      Path run = directory.resolve("run-" + bucket);
      join(bucket(bucket), run);
      Files.delete(bucket(bucket));
      runs.add(run);
    }
    merge(runs, sink);
    return new Counts(
        rows, predictions, repeated, unlabelled, incomplete, withoutPrediction, undecodable);
  }

  private void join(Path bucket, Path run) throws IOException {
    Map<String, Entry> newest = new HashMap<>();
    Map<String, Entry> labels = new HashMap<>();
    try (EntryReader entries = new EntryReader(bucket)) {
      for (Entry entry = entries.next(); entry != null; entry = entries.next()) {
        if (entry.isLabel()) {
          labels.put(entry.eventId(), entry);
        } else {
          predictions++;
          repeated += newest.put(entry.eventId(), entry) == null ? 0 : 1;
        }
      }
    }
    List<Entry> joined = new ArrayList<>();
    for (Entry prediction : newest.values()) {
      Entry label = labels.remove(prediction.eventId());
      if (isSelected(prediction, label != null)) {
        joined.add(prediction.joined(label == null ? noLabel : label.values()));
      }
    }
    withoutPrediction += labels.size();
    rows += joined.size();
    joined.sort(Entry::compare);
    try (EntryWriter out = new EntryWriter(run)) {
      for (Entry row : joined) {
        out.write(row);
      }
    }
  }

  private boolean isSelected(Entry prediction, boolean labelled) {
    unlabelled += labelled ? 0 : 1;
    if (!labelled && !selection.unlabelled()) {
      return false;
    }
    incomplete += prediction.isComplete() ? 0 : 1;
    return prediction.isComplete() || !selection.completeOnly();
  }

  /** A sorted file and its first row that was not passed on yet. */
  private record Run(EntryReader reader, Entry next) {
    static void queue(EntryReader reader, PriorityQueue<Run> runs) throws IOException {
      Entry next = reader.next();
      if (next != null) {
        runs.add(new Run(reader, next));
      }
    }
  }

  private static void merge(List<Path> runs, RowSink sink) throws IOException {
    List<EntryReader> readers = new ArrayList<>();
    try {
      PriorityQueue<Run> queue = new PriorityQueue<>((a, b) -> Entry.compare(a.next, b.next));
      for (Path run : runs) {
        readers.add(new EntryReader(run));
        Run.queue(readers.get(readers.size() - 1), queue);
      }
      for (Run run = queue.poll(); run != null; run = queue.poll()) {
        sink.accept(run.next().values());
        Run.queue(run.reader(), queue);
      }
    } finally {
      for (EntryReader reader : readers) {
        reader.close();
      }
    }
  }

  private Path bucket(int number) {
    return directory.resolve("bucket-" + number);
  }

  /** Closes the temporary files; their directory is the caller's. */
  @Override
  public void close() throws IOException {
    for (EntryWriter bucket : buckets) {
      bucket.close();
    }
  }
}
