package dev.millrace.features.skew;

import dev.millrace.schemas.avro.Alert;
import dev.millrace.schemas.avro.AlertStatus;
import dev.millrace.schemas.avro.SkewReport;
import dev.millrace.schemas.pipeline.Generation;
import dev.millrace.schemas.pipeline.Lookup;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.topics.SkewAlerts;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.formats.avro.typeutils.AvroTypeInfo;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Counts the samples of each lookup in windows of event time. A window ends when every subtask of
 * the lookup has passed it; then there is a report for each feature. If the pipeline sets a bound,
 * there is an alert when the share of differing values is above it, and one when it no longer is,
 * or when the bound is gone.
 */
public final class SkewWindows extends KeyedProcessFunction<Integer, SkewSample, SkewReport> {
  /** The side output of alerts. */
  public static final OutputTag<Alert> ALERTS =
      new OutputTag<>("alerts", new AvroTypeInfo<>(Alert.class));

  /** The windows of event time. */
  static final Duration WINDOW = Duration.ofHours(1);

  private static final long serialVersionUID = 1L;
  private static final MapStateDescriptor<Long, double[]> WINDOWS =
      new MapStateDescriptor<>(
          "windows", Types.LONG, PrimitiveArrayTypeInfo.DOUBLE_PRIMITIVE_ARRAY_TYPE_INFO);
  private static final MapStateDescriptor<Integer, Long> PROGRESS =
      new MapStateDescriptor<>("progress", Types.INT, Types.LONG);
  private static final MapStateDescriptor<Integer, Long> FIRING =
      new MapStateDescriptor<>("firing", Types.INT, Types.LONG);

  /** Without a bound no share is above it, and alerts of an earlier bound are resolved. */
  private static final double NO_BOUND = 1;

  private final String pipeline;
  private final String generation;
  private final String model;
  private final double bound;
  private final List<Lookup> lookups;

  @SuppressWarnings("NullAway.Init")
  private transient MapState<Long, double[]> windows;

  @SuppressWarnings("NullAway.Init")
  private transient MapState<Integer, Long> progress;

  /** By feature, the start of the window since which there is an alarm. */
  @SuppressWarnings("NullAway.Init")
  private transient MapState<Integer, Long> firing;

  public SkewWindows(Pipeline pipeline) {
    this.pipeline = pipeline.name();
    this.generation = Generation.of(pipeline);
    this.model = pipeline.model() == null ? "" : pipeline.model().name();
    this.bound = pipeline.skew() == null ? NO_BOUND : pipeline.skew().alarmAbove();
    this.lookups = new ArrayList<>(pipeline.lookups().values());
  }

  @Override
  public void open(OpenContext context) {
    windows = getRuntimeContext().getMapState(WINDOWS);
    progress = getRuntimeContext().getMapState(PROGRESS);
    firing = getRuntimeContext().getMapState(FIRING);
  }

  @Override
  public void processElement(SkewSample sample, Context context, Collector<SkewReport> out)
      throws Exception {
    double[] differences = sample.differences();
    if (differences == null) {
      passed(sample, context, out);
      return;
    }
    long start = Math.floorDiv(sample.timeMillis(), WINDOW.toMillis()) * WINDOW.toMillis();
    double[] before = windows.get(start);
    SkewCounts counts =
        before == null ? SkewCounts.empty(differences.length) : new SkewCounts(before);
    counts.add(differences);
    windows.put(start, counts.values());
  }

  private void passed(SkewSample sample, Context context, Collector<SkewReport> out)
      throws Exception {
    progress.put(sample.subtask(), sample.timeMillis());
    long slowest = Long.MAX_VALUE;
    for (int i = 0; i < sample.subtasks(); i++) {
      Long each = progress.get(i);
      slowest = Math.min(slowest, each == null ? Long.MIN_VALUE : each);
    }
    List<Long> ended = new ArrayList<>();
    for (Long start : windows.keys()) {
      if (start + WINDOW.toMillis() <= slowest) {
        ended.add(start);
      }
    }
    ended.sort(null);
    for (Long start : ended) {
      report(lookups.get(sample.lookup()), start, new SkewCounts(windows.get(start)), context, out);
      windows.remove(start);
    }
  }

  private void report(
      Lookup lookup, long start, SkewCounts counts, Context context, Collector<SkewReport> out)
      throws Exception {
    for (int i = 0; i < counts.features(); i++) {
      SkewReport report =
          SkewReport.newBuilder()
              .setPipeline(pipeline)
              .setGeneration(generation)
              .setLookup(lookup.name())
              .setFeature(lookup.view().features().get(i).name())
              .setWindowStart(Instant.ofEpochMilli(start))
              .setWindowEnd(Instant.ofEpochMilli(start + WINDOW.toMillis()))
              .setCompared(counts.compared(i))
              .setDiffering(counts.differing(i))
              .setMeanDifference(counts.mean(i))
              .setLargestDifference(counts.largest(i))
              .build();
      out.collect(report);
      judge(i, report, context);
    }
  }

  private void judge(int feature, SkewReport report, Context context) throws Exception {
    Long since = firing.get(feature);
    boolean above = report.getDiffering() > bound * report.getCompared();
    if (above) {
      // Again in each window, with the same id: while another generation served, the alert was
      // resolved without this job.
      long first = since == null ? report.getWindowStart().toEpochMilli() : since;
      firing.put(feature, first);
      context.output(ALERTS, alert(AlertStatus.FIRING, first, report, context));
    } else if (since != null) {
      firing.remove(feature);
      context.output(ALERTS, alert(AlertStatus.RESOLVED, since, report, context));
    }
  }

  private Alert alert(AlertStatus status, long sinceMillis, SkewReport report, Context context) {
    String name = report.getLookup() + "." + report.getFeature();
    String key = SkewAlerts.key(pipeline, generation, name);
    Instant since = Instant.ofEpochMilli(sinceMillis);
    return Alert.newBuilder()
        .setKey(key)
        .setId("%s/%s/%s".formatted(key, since, status))
        .setStatus(status)
        .setMessage(
            String.format(
                Locale.ROOT,
                "%.1f %% of the served values of %s in the hour from %s differ from the true ones (%d of %d, mean difference %.3g); %s.",
                100.0 * report.getDiffering() / report.getCompared(),
                name,
                report.getWindowStart(),
                report.getDiffering(),
                report.getCompared(),
                report.getMeanDifference(),
                bound == NO_BOUND
                    ? "no bound is set"
                    : String.format(Locale.ROOT, "the bound is %.1f %%", 100 * bound)))
        .setPipeline(pipeline)
        .setModel(model)
        .setModelVersion("")
        .setEpisode(0)
        .setSince(since)
        .setAt(report.getWindowEnd())
        .setPublishedAt(Instant.ofEpochMilli(context.timerService().currentProcessingTime()))
        .setFeatures(status == AlertStatus.FIRING ? List.of(name) : List.of())
        .setEvidence(List.of())
        .setReport("")
        .build();
  }
}
