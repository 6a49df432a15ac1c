package dev.millrace.deploy.demo;

import dev.millrace.deploy.audit.Ledger;
import dev.millrace.deploy.demo.PipelineStatistics.Snapshot;
import dev.millrace.deploy.platform.Distribution;
import dev.millrace.deploy.platform.LocalPlatform;
import dev.millrace.deploy.process.PlatformException;
import dev.millrace.deploy.process.UnexpectedExit;
import dev.millrace.deploy.topic.AvroJson;
import dev.millrace.deploy.topic.LedgerReader;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.file.PipelineFile;
import dev.millrace.schemas.registry.Registry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/** One run of the demo on a running platform. */
final class DemoRun {
  private static final Duration REDRAW = Duration.ofMillis(500);
  private static final Duration LINE_EVERY = Duration.ofSeconds(5);

  /** The longest time that the last events may need until they have ended. */
  private static final Duration DRAIN_TIMEOUT = Duration.ofSeconds(60);

  /**
   * Causes of alerts that detect the simulated drift, which changes payments and fraud. Before it
   * an alert of any cause is a false alarm.
   */
  private static final Set<String> DETECTING =
      Set.of("data-drift", "prediction-drift", "unseen-categories", "concept-drift", "quality");

  private final LocalPlatform platform;
  private final Distribution distribution;
  private final Path workDir;
  private final Path pipelineFile;
  private final Pipeline pipeline;
  private final Registry registry;
  private final DemoScreen screen;
  private final SnapshotFormatter view;
  private int reportedAlerts;
  private int reportedTriggers;
  private @Nullable Object reportedWindow;
  private Instant nextLine = Instant.MIN;

  /**
   * The settings of a run.
   *
   * @param time how long payments are sent; the drift starts in the middle
   * @param rate payments per second
   */
  record Script(Duration time, int rate, long seed) {}

  DemoRun(
      LocalPlatform platform,
      Distribution distribution,
      Path workDir,
      Path pipelineFile,
      DemoScreen screen) {
    this.platform = platform;
    this.distribution = distribution;
    this.workDir = workDir;
    this.pipelineFile = pipelineFile;
    this.pipeline = PipelineFile.load(pipelineFile);
    this.registry = Registry.http(platform.endpoints().registryUrl());
    this.screen = screen;
    this.view = new SnapshotFormatter(screen.isTerminal());
  }

  DemoReport run(Script script) throws InterruptedException {
    PipelineStatistics statistics = new PipelineStatistics();
    String brokers = platform.endpoints().bootstrapServers();
    Instant ready = Instant.now();
    Duration readyAfter = platform.age();
    try (PipelineConsumer consumer = new PipelineConsumer(brokers, registry, pipeline, statistics);
        Simulator simulator =
            Simulator.start(distribution, platform.endpoints(), workDir, pipelineFile, script)) {
      consumer.start();
      RateCheck rateCheck = new RateCheck(script.rate());
      show(statistics, simulator, script, rateCheck);
      Ledger.Audit audit = drain();
      Snapshot last = statistics.snapshot(Instant.now());
      Instant first = Objects.requireNonNullElse(last.firstPrediction(), Instant.now());
      Duration startup = readyAfter.plus(Duration.between(ready, first));
      DemoReport report =
          report(last, audit, startup, rateCheck.worst(), simulator.driftInjectedAt());
      DemoSummary.lines(report, audit, rateCheck.summary()).forEach(screen::print);
      return report;
    }
  }

  private void show(
      PipelineStatistics statistics, Simulator simulator, Script script, RateCheck rateCheck)
      throws InterruptedException {
    Instant started = null;
    while (simulator.isRunning()) {
      UnexpectedExit exit = platform.unexpectedExit().getNow(null);
      if (exit != null) {
        throw new PlatformException(exit.message());
      }
      Snapshot snapshot = statistics.snapshot(Instant.now());
      if (started == null && simulator.started() != null) {
        started = simulator.started();
        statistics.measureLatencySince(started);
      }
      Duration elapsed = started == null ? null : Duration.between(started, Instant.now());
      String warning = rateCheck.check(snapshot, elapsed).orElse("");
      if (screen.isTerminal()) {
        SnapshotFormatter.Progress progress =
            new SnapshotFormatter.Progress(elapsed, script.time(), simulator.driftInjectedAt());
        screen.draw(view.screen(snapshot, progress, warning));
      } else {
        printNews(snapshot, elapsed, warning);
      }
      Thread.sleep(REDRAW.toMillis());
    }
    simulator.requireSuccess();
  }

  private void printNews(Snapshot snapshot, @Nullable Duration elapsed, String warning) {
    if (snapshot.report() != null && snapshot.report() != reportedWindow) {
      reportedWindow = snapshot.report();
      screen.print("  " + view.report(snapshot.report()));
    }
    for (; reportedAlerts < snapshot.alerts().size(); reportedAlerts++) {
      screen.print("  " + view.alert(snapshot.alerts().get(reportedAlerts)));
    }
    for (; reportedTriggers < snapshot.triggers().size(); reportedTriggers++) {
      screen.print("  " + view.trigger(snapshot.triggers().get(reportedTriggers)));
    }
    if (snapshot.events() > 0 && Instant.now().isAfter(nextLine)) {
      nextLine = Instant.now().plus(LINE_EVERY);
      screen.print(view.line(snapshot, elapsed));
      if (!warning.isEmpty()) {
        screen.print("  " + warning);
      }
    }
  }

  /** Audits the topics repeatedly until every event has ended, or the timeout is over. */
  private Ledger.Audit drain() throws InterruptedException {
    LedgerReader reader =
        new LedgerReader(platform.endpoints().bootstrapServers(), registry, pipeline);
    Instant deadline = Instant.now().plus(DRAIN_TIMEOUT);
    Ledger.Audit audit = reader.audit();
    while (audit.lost() > 0 && Instant.now().isBefore(deadline)) {
      Thread.sleep(REDRAW.toMillis());
      audit = reader.audit();
    }
    return audit;
  }

  private static DemoReport report(
      Snapshot last,
      Ledger.Audit audit,
      Duration startup,
      RateCheck.@Nullable Behind behind,
      @Nullable Instant injected) {
    List<GenericRecord> firing =
        last.alerts().stream()
            .filter(alert -> alert.get("status").toString().equals("FIRING"))
            .toList();
    List<GenericRecord> trueAlarms =
        firing.stream().filter(alert -> injected != null && isAfter(alert, injected)).toList();
    GenericRecord first =
        trueAlarms.stream()
            .filter(alert -> DETECTING.contains(alert.get("cause").toString()))
            .findFirst()
            .orElse(null);
    return new DemoReport(
        startup.toMillis() / 1000.0,
        audit.events(),
        audit.predictions(),
        audit.deadLetters(),
        audit.late(),
        audit.duplicatesDropped(),
        audit.lost(),
        audit.duplicatePredictions(),
        audit.endedTwice() + audit.duplicateOthers(),
        new DemoReport.LatencyMillis(last.p50Millis(), last.p99Millis()),
        behind,
        new DemoReport.Drift(
            injected == null ? null : injected.toString(),
            first == null ? null : Instant.ofEpochMilli((Long) first.get("at")).toString(),
            first == null || injected == null ? null : windows(first, last, injected),
            firing.size() - trueAlarms.size(),
            first == null
                ? List.of()
                : ((List<?>) first.get("features")).stream().map(Object::toString).toList()),
        last.alerts().stream().map(AvroJson::of).toList(),
        last.triggers().stream().map(AvroJson::of).toList());
  }

  /** Whether the window of the alert ended after the start of the drift. */
  private static boolean isAfter(GenericRecord alert, Instant injected) {
    return (Long) alert.get("at") > injected.toEpochMilli();
  }

  /** The number of windows that ended after the start of the drift, up to that of the alert. */
  private static long windows(GenericRecord alert, Snapshot last, Instant injected) {
    GenericRecord report = Objects.requireNonNull(last.report());
    long lengthMillis = (Long) report.get("window_end") - (Long) report.get("window_start");
    long firstEndMillis =
        Math.floorDiv(injected.toEpochMilli(), lengthMillis) * lengthMillis + lengthMillis;
    return ((Long) alert.get("at") - firstEndMillis) / lengthMillis + 1;
  }
}
