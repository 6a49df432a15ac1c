package dev.millrace.deploy.demo;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/**
 * Counts, rates and latencies of the records that a consumer of the pipeline's topics has read. One
 * thread writes and another reads, so every method is synchronized.
 */
final class PipelineStatistics {
  /** The number of windows in the history of the drift table. */
  static final int HISTORY = 16;

  /** The period of the rates. */
  private static final int RATE_SECONDS = 5;

  /** One day, which is longer than any latency of a demo. */
  private static final long MAX_LATENCY_MILLIS = 86_400_000;

  private final Histogram latency = new Histogram(MAX_LATENCY_MILLIS, 3);
  private final Map<String, Long> deadLetters = new TreeMap<>();
  private final Map<String, Deque<Double>> effects = new LinkedHashMap<>();
  private final List<GenericRecord> alerts = new ArrayList<>();
  private final List<GenericRecord> triggers = new ArrayList<>();
  private final Deque<Long> recentEvents = new ArrayDeque<>();
  private final Deque<Long> recentPredictions = new ArrayDeque<>();
  private final Deque<Arrival> recentArrivals = new ArrayDeque<>();
  private long events;
  private long predictions;
  private long late;
  private long outcomes;
  private @Nullable Instant simulated;
  private @Nullable Instant firstPrediction;
  private @Nullable GenericRecord report;
  private long latencySinceMillis;

  /** The arrival of a prediction and its latency since the event was published. */
  private record Arrival(long atMillis, long latencyMillis) {}

  synchronized void event(Instant now) {
    events++;
    recentEvents.addLast(now.toEpochMilli());
  }

  synchronized void prediction(Instant now, long eventTimeMillis, @Nullable Long publishedMillis) {
    predictions++;
    recentPredictions.addLast(now.toEpochMilli());
    if (firstPrediction == null) {
      firstPrediction = now;
    }
    Instant time = Instant.ofEpochMilli(eventTimeMillis);
    simulated = simulated == null || time.isAfter(simulated) ? time : simulated;
    if (publishedMillis != null && publishedMillis >= latencySinceMillis) {
      long millis = Math.max(0, now.toEpochMilli() - publishedMillis);
      latency.recordValue(Math.min(millis, MAX_LATENCY_MILLIS));
      recentArrivals.addLast(new Arrival(now.toEpochMilli(), millis));
    }
  }

  /** Clears the latencies, and ignores those of events published before an instant. */
  synchronized void measureLatencySince(Instant moment) {
    latencySinceMillis = moment.toEpochMilli();
    latency.reset();
    recentArrivals.clear();
  }

  synchronized void deadLetter(String code) {
    deadLetters.merge(code, 1L, Long::sum);
  }

  synchronized void late() {
    late++;
  }

  synchronized void outcome() {
    outcomes++;
  }

  synchronized void report(GenericRecord newReport) {
    report = newReport;
    for (Object each : (List<?>) newReport.get("features")) {
      GenericRecord feature = (GenericRecord) each;
      Deque<Double> history =
          effects.computeIfAbsent(feature.get("feature").toString(), name -> new ArrayDeque<>());
      history.addLast((Double) feature.get("jensen_shannon"));
      if (history.size() > HISTORY) {
        history.removeFirst();
      }
    }
  }

  synchronized void alert(GenericRecord alert) {
    alerts.add(alert);
  }

  synchronized void trigger(GenericRecord trigger) {
    triggers.add(trigger);
  }

  /** A copy of the values at an instant. */
  synchronized Snapshot snapshot(Instant now) {
    Map<String, List<Double>> history = new LinkedHashMap<>();
    effects.forEach((feature, values) -> history.put(feature, List.copyOf(values)));
    return new Snapshot(
        events,
        rate(recentEvents, now),
        predictions,
        rate(recentPredictions, now),
        new TreeMap<>(deadLetters),
        late,
        outcomes,
        latency.getValueAtPercentile(50),
        latency.getValueAtPercentile(99),
        recentP50(now),
        simulated,
        firstPrediction,
        report,
        history,
        List.copyOf(alerts),
        List.copyOf(triggers));
  }

  private @Nullable Long recentP50(Instant now) {
    long from = now.toEpochMilli() - RATE_SECONDS * 1_000L;
    while (!recentArrivals.isEmpty() && recentArrivals.getFirst().atMillis() < from) {
      recentArrivals.removeFirst();
    }
    long[] sorted = recentArrivals.stream().mapToLong(Arrival::latencyMillis).sorted().toArray();
    return sorted.length == 0 ? null : sorted[sorted.length / 2];
  }

  private static double rate(Deque<Long> times, Instant now) {
    long from = now.toEpochMilli() - RATE_SECONDS * 1_000L;
    while (!times.isEmpty() && times.getFirst() < from) {
      times.removeFirst();
    }
    return (double) times.size() / RATE_SECONDS;
  }

  /**
   * The values at an instant.
   *
   * @param eventRate events per second
   * @param predictionRate predictions per second
   * @param p50Millis median latency in milliseconds, from the send of the event to the arrival of
   *     the prediction
   * @param recentP50Millis the same over the last seconds; null if no prediction arrived
   * @param simulated the newest event time of the predictions
   * @param report the newest drift report
   * @param effects of the last windows, by feature
   */
  record Snapshot(
      long events,
      double eventRate,
      long predictions,
      double predictionRate,
      Map<String, Long> deadLetters,
      long late,
      long outcomes,
      long p50Millis,
      long p99Millis,
      @Nullable Long recentP50Millis,
      @Nullable Instant simulated,
      @Nullable Instant firstPrediction,
      @Nullable GenericRecord report,
      Map<String, List<Double>> effects,
      List<GenericRecord> alerts,
      List<GenericRecord> triggers) {}
}
