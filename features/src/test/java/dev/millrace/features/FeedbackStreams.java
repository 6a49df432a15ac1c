package dev.millrace.features;

import dev.millrace.features.BankStreams.Seen;
import dev.millrace.features.source.EventOrder;
import dev.millrace.schemas.avro.EventRef;
import dev.millrace.schemas.avro.LabelStatus;
import dev.millrace.schemas.flink.source.IncomingRecord;
import dev.millrace.schemas.pipeline.Feedback;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.topics.FeedbackSchemas;
import dev.millrace.schemas.topics.Progress;
import dev.millrace.schemas.topics.ProgressTracker;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/**
 * Random predictions and outcomes of clean events, as inference and drift write them: events are
 * scored in any order within what their progress allows, some have no score, some predictions and
 * outcomes are written again with other values, long after the first or at once, and labels come
 * before their event, with it or after it, or are assumed.
 */
final class FeedbackStreams {
  private static final int PARTITIONS = BankStreams.PARTITIONS;

  private final Pipeline pipeline;
  private final long endMillis;
  private final long maturityMillis;
  private final Random random;
  private final Map<Feedback, List<List<IncomingRecord>>> logs = new LinkedHashMap<>();
  private final Map<Feedback, List<Seen>> events = new LinkedHashMap<>();

  /** What is written of one event. */
  private record Written(GenericRecord record, long knownMillis) {}

  /**
   * @param clean the records of each partition of the scored source
   * @param endMillis progress at the end
   */
  FeedbackStreams(
      Pipeline pipeline, List<List<IncomingRecord>> clean, long endMillis, Random random) {
    this.pipeline = pipeline;
    this.endMillis = endMillis;
    this.maturityMillis = Objects.requireNonNull(pipeline.labels()).maturity().toMillis();
    this.random = random;
    for (Feedback feedback : Feedback.values()) {
      List<List<IncomingRecord>> log = new ArrayList<>();
      for (int p = 0; p < PARTITIONS; p++) {
        log.add(new ArrayList<>());
      }
      logs.put(feedback, log);
      events.put(feedback, new ArrayList<>());
    }
    List<List<Written>> outcomes = new ArrayList<>();
    for (int p = 0; p < PARTITIONS; p++) {
      outcomes.add(new ArrayList<>());
    }
    for (int p = 0; p < PARTITIONS; p++) {
      score(p, clean.get(p), outcomes);
    }
    for (int p = 0; p < PARTITIONS; p++) {
      label(p, outcomes.get(p));
    }
  }

  Map<String, List<List<IncomingRecord>>> logs() {
    Map<String, List<List<IncomingRecord>>> byName = new LinkedHashMap<>();
    logs.forEach((feedback, log) -> byName.put(feedback.sourceName(), log));
    return byName;
  }

  /** Each event once, with the time at which it was known. */
  Map<String, List<Seen>> events() {
    Map<String, List<Seen>> byName = new LinkedHashMap<>();
    events.forEach((feedback, seen) -> byName.put(feedback.sourceName(), seen));
    return byName;
  }

  /** Scores a partition, with the progress that inference writes. */
  private void score(int partition, List<IncomingRecord> clean, List<List<Written>> outcomes) {
    ProgressTracker tracker = new ProgressTracker();
    List<IncomingRecord> waiting = new ArrayList<>();
    List<Written> again = new ArrayList<>();
    for (IncomingRecord next : clean) {
      if (next.progress() != null) {
        tracker.take(next.progress());
      } else {
        waiting.add(next);
      }
      while (!waiting.isEmpty() && random.nextInt(8) < 3 + waiting.size() / 8) {
        predict(waiting.remove(random.nextInt(waiting.size())), again, outcomes);
      }
      if (!again.isEmpty() && random.nextInt(40) == 0) {
        append(Feedback.PREDICTIONS, partition, again.remove(0));
      }
      if (tracker.timeMillis() != Progress.NONE && random.nextInt(4) == 0) {
        long oldest =
            waiting.stream().mapToLong(IncomingRecord::eventTimeMillis).min().orElse(endMillis);
        progress(Feedback.PREDICTIONS, partition, Math.min(oldest, tracker.timeMillis()));
      }
    }
    waiting.forEach(event -> predict(event, again, outcomes));
    again.forEach(written -> append(Feedback.PREDICTIONS, partition, written));
    end(Feedback.PREDICTIONS, partition);
  }

  private void predict(IncomingRecord scored, List<Written> again, List<List<Written>> outcomes) {
    GenericRecord event = Objects.requireNonNull(scored.value());
    Double score = random.nextInt(6) == 0 ? null : random.nextInt(1000) / 1000.0;
    GenericRecord prediction = written(Feedback.PREDICTIONS, scored, score);
    append(
        Feedback.PREDICTIONS,
        scored.partition(),
        new Written(prediction, scored.eventTimeMillis()));
    seen(Feedback.PREDICTIONS, scored, prediction, scored.eventTimeMillis());
    if (random.nextInt(6) == 0) {
      GenericRecord other = written(Feedback.PREDICTIONS, scored, 0.75);
      again.add(new Written(other, scored.eventTimeMillis()));
    }
    if (random.nextInt(6) > 0) {
      GenericRecord outcome = written(Feedback.OUTCOMES, scored, score);
      long known = putLabel(outcome, scored.eventTimeMillis());
      int partition = Math.floorMod(event.get("id").hashCode(), PARTITIONS);
      outcomes.get(partition).add(new Written(outcome, known));
      seen(Feedback.OUTCOMES, scored, outcome, known);
    }
  }

  private GenericRecord written(Feedback feedback, IncomingRecord scored, @Nullable Double score) {
    GenericRecord event = Objects.requireNonNull(scored.value());
    Schema schema = FeedbackSchemas.read(pipeline, feedback);
    GenericRecord written = new GenericData.Record(schema);
    String id = event.get("id").toString();
    written.put("event_id", id);
    written.put("event_time", scored.eventTimeMillis());
    GenericRecord source = new GenericData.Record(EventRef.getClassSchema());
    source.put("event_id", id);
    source.put("event_time", scored.eventTimeMillis());
    source.put("partition", scored.partition());
    source.put("offset", scored.offset());
    written.put("source", source);
    written.put("score", score);
    written.put("positive", score == null ? null : score > 0.5);
    GenericRecord context = new GenericData.Record(schema.getField("context").schema());
    for (Schema.Field field : context.getSchema().getFields()) {
      context.put(field.pos(), event.get(field.name()));
    }
    written.put("context", context);
    return written;
  }

  /** Returns the time at which the label was known. */
  private long putLabel(GenericRecord outcome, long eventMillis) {
    boolean assumed = random.nextInt(4) == 0;
    outcome.put("label", assumed || random.nextBoolean() ? 0.0 : 1.0);
    outcome.put("label_status", assumed ? LabelStatus.ASSUMED : LabelStatus.OBSERVED);
    if (assumed) {
      return eventMillis + maturityMillis;
    }
    long labelMillis =
        random.nextInt(5) == 0 ? eventMillis : eventMillis - 2_000 + random.nextInt(12_000);
    outcome.put("label_time", labelMillis);
    return Math.max(labelMillis, eventMillis);
  }

  private void seen(
      Feedback feedback, IncomingRecord scored, GenericRecord written, long knownMillis) {
    GenericRecord event = Objects.requireNonNull(scored.value());
    GenericRecord seen = new GenericData.Record(pipeline.source(feedback.sourceName()).schema());
    event.getSchema().getFields().forEach(f -> seen.put(f.name(), event.get(f.pos())));
    seen.put("score", written.get("score"));
    seen.put("positive", written.get("positive"));
    if (feedback == Feedback.OUTCOMES) {
      seen.put("label", written.get("label").equals(1.0));
      seen.put("label_status", written.get("label_status").toString());
    }
    long order = EventOrder.of(scored.partition(), scored.offset(), false);
    Objects.requireNonNull(events.get(feedback)).add(new Seen(seen, knownMillis, order));
  }

  /** Writes the outcomes of a partition, in about the order of their labels. */
  private void label(int partition, List<Written> outcomes) {
    Map<Written, Long> turns = new LinkedHashMap<>();
    outcomes.forEach(each -> turns.put(each, each.knownMillis() + random.nextInt(5_000)));
    List<Written> left = new ArrayList<>(outcomes);
    left.sort(Comparator.comparing(turns::get));
    List<Written> again = new ArrayList<>();
    while (!left.isEmpty()) {
      Written next = left.remove(0);
      append(Feedback.OUTCOMES, partition, next);
      if (random.nextInt(6) == 0) {
        GenericRecord other = new GenericData.Record((GenericData.Record) next.record(), false);
        other.put("label", 1.0);
        again.add(new Written(other, next.knownMillis()));
      }
      if (!again.isEmpty() && random.nextInt(10) == 0) {
        append(Feedback.OUTCOMES, partition, again.remove(0));
      }
      if (random.nextInt(3) == 0) {
        long passed = left.stream().mapToLong(Written::knownMillis).min().orElse(endMillis);
        progress(Feedback.OUTCOMES, partition, passed);
      }
    }
    end(Feedback.OUTCOMES, partition);
  }

  private void append(Feedback feedback, int partition, Written written) {
    List<IncomingRecord> log = log(feedback, partition);
    long eventMillis = (Long) written.record().get("event_time");
    log.add(IncomingRecord.of(written.record(), eventMillis, partition, log.size()));
  }

  private void progress(Feedback feedback, int partition, long millis) {
    List<IncomingRecord> log = log(feedback, partition);
    log.add(IncomingRecord.of(Progress.ofOne(millis, false, 0), partition, log.size()));
  }

  /** As many records as {@link SimulatedJob} reads again. */
  private void end(Feedback feedback, int partition) {
    for (int i = 0; i < BankStreams.ARRIVALS; i++) {
      progress(feedback, partition, endMillis);
    }
  }

  private List<IncomingRecord> log(Feedback feedback, int partition) {
    return Objects.requireNonNull(logs.get(feedback)).get(partition);
  }
}
