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
 * What a consumer of the loop's topics has seen so far. One thread tells it, another shows it, so
 * every method is synchronized.
 */
final class PipelineStatistics {
  /** Windows whose effects the drift table's history shows. */
  static final int HISTORY = 16;

  /** Rates are over this many seconds. */
  private static final int RATE_SECONDS = 5;

  /** A day: no latency of a demo is longer. */
  private static final long LONGEST_MILLIS = 86_400_000;

  private final Histogram latency = new Histogram(LONGEST_MILLIS, 3);
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

  /** A prediction that arrived, and how long after its event was published. */
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
      latency.recordValue(Math.min(millis, LONGEST_MILLIS));
      recentArrivals.addLast(new Arrival(now.toEpochMilli(), millis));
    }
  }

  /** Forgets the latencies so far, and from now on those of events published before a moment. */
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

  /** What there is to show at a moment. */
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
   * The loop at one moment.
   *
   * @param eventRate events a second
   * @param predictionRate predictions a second
   * @param p50 latency in milliseconds, from the producer's send to the prediction's arrival
   * @param recentP50 the same over the last seconds only; null: nothing arrived in them
   * @param simulated newest event time among the predictions
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
      long p50,
      long p99,
      @Nullable Long recentP50,
      @Nullable Instant simulated,
      @Nullable Instant firstPrediction,
      @Nullable GenericRecord report,
      Map<String, List<Double>> effects,
      List<GenericRecord> alerts,
      List<GenericRecord> triggers) {}
}
