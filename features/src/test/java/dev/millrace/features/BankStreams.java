package dev.millrace.features;

import dev.millrace.features.source.EventOrder;
import dev.millrace.schemas.flink.source.IncomingRecord;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.topics.Progress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/**
 * Random topics of the pipelines of bank.yaml and feedback.yaml, the clean ones as ingest writes
 * them: several arrival partitions feed each partition, events are out of order within their
 * lateness, several have the same time, and progress records are behind the events that they
 * promise. Some accounts are quiet for longer than everything is kept, some have events only at the
 * end.
 */
final class BankStreams {
  static final long START = 1_700_000_000_000L;
  static final int PARTITIONS = 3;
  static final int ARRIVALS = 2;
  private static final long GRID = 50;
  private static final long LENGTH = 200_000;

  /** An event as the oracle sees it. */
  record Seen(GenericRecord value, long timeMillis, long order) {}

  private final Map<String, List<List<IncomingRecord>>> logs = new HashMap<>();

  private final Map<String, List<Seen>> events = new HashMap<>();

  private final Random random;
  private final String prefix;

  BankStreams(Pipeline pipeline, long seed) {
    this(pipeline, seed, "a");
  }

  /**
   * @param prefix of the accounts' names
   */
  BankStreams(Pipeline pipeline, long seed, String prefix) {
    random = new Random(seed);
    this.prefix = prefix;
    write(pipeline.source("transfers"), 150);
    write(pipeline.source("logins"), 120);
    if (pipeline.hasFeedback()) {
      FeedbackStreams feedback =
          new FeedbackStreams(pipeline, log("transfers"), START + 10 * LENGTH, random);
      logs.putAll(feedback.logs());
      events.putAll(feedback.events());
    }
  }

  /** The records of each partition of a source. */
  List<List<IncomingRecord>> log(String source) {
    return Objects.requireNonNull(logs.get(source));
  }

  /** All events of a source. */
  List<Seen> events(String source) {
    return Objects.requireNonNull(events.get(source));
  }

  private void write(Source source, int eventsEach) {
    List<List<IncomingRecord>> log = new ArrayList<>();
    for (int p = 0; p < PARTITIONS; p++) {
      log.add(new ArrayList<>());
    }
    logs.put(source.name(), log);
    events.put(source.name(), new ArrayList<>());
    long[] clocks = new long[ARRIVALS];
    int[] left = new int[ARRIVALS];
    for (int a = 0; a < ARRIVALS; a++) {
      left[a] = eventsEach;
    }
    for (int n = 0; left[0] + left[1] > 0; n++) {
      int arrival = random.nextInt(ARRIVALS);
      if (left[arrival]-- > 0) {
        clocks[arrival] += random.nextInt(4) == 0 ? 0 : random.nextInt((int) step(eventsEach));
        long behind = random.nextInt(3) == 0 ? random.nextInt((int) lateness(source)) : 0;
        append(source, n, Math.max(0, clocks[arrival] - behind) / GRID * GRID);
      }
      if (random.nextInt(4) == 0) {
        progress(log, arrival, START + clocks[arrival] - lateness(source) - GRID);
      }
    }
    for (int a = 0; a < ARRIVALS; a++) {
      progress(log, a, START + 10 * LENGTH);
    }
  }

  private static long lateness(Source source) {
    return source.lateness().toMillis();
  }

  /** Twice the mean, and the steps of a quarter of the events are 0. */
  private static long step(int eventsEach) {
    return 8 * LENGTH / 3 / eventsEach;
  }

  private void append(Source source, int n, long millis) {
    GenericData.Record event = new GenericData.Record(source.schema());
    event.put("id", source.name() + n);
    event.put("at", START + millis);
    if (source.name().equals("transfers")) {
      event.put("sender", account(millis));
      event.put("receiver", random.nextInt(5) == 0 ? null : account(millis));
      event.put("amount", random.nextInt(6) == 0 ? null : random.nextInt(1000) / 7.0);
    } else {
      event.put("account", account(millis));
      event.put("device", "d" + random.nextInt(7));
    }
    int partition = Math.floorMod(String.valueOf(event.get(source.key())).hashCode(), PARTITIONS);
    List<IncomingRecord> log = log(source.name()).get(partition);
    long offset = log.size();
    log.add(IncomingRecord.of(event, START + millis, partition, offset));
    events(source.name())
        .add(new Seen(event, START + millis, EventOrder.of(partition, offset, false)));
  }

  /** Account 0 has events at the beginning and at the end only, account 1 at the end only. */
  private String account(long millis) {
    int any = random.nextInt(6);
    boolean end = millis > LENGTH * 3 / 4;
    boolean beginning = millis < LENGTH / 4;
    return prefix + (any > 1 || end || (any == 0 && beginning) ? any : 2);
  }

  private static void progress(List<List<IncomingRecord>> log, int arrival, long millis) {
    for (int p = 0; p < log.size(); p++) {
      Progress progress = new Progress(arrival, ARRIVALS, millis, false, 0);
      log.get(p).add(IncomingRecord.of(progress, p, log.get(p).size()));
    }
  }

  /** The text of a nullable field. */
  static @Nullable String text(GenericRecord event, String field) {
    Object value = event.get(field);
    return value == null ? null : value.toString();
  }
}
