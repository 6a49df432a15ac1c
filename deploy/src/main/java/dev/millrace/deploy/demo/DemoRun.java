package dev.millrace.deploy.demo;

import dev.millrace.deploy.demo.LoopState.Snapshot;
import dev.millrace.deploy.platform.Crash;
import dev.millrace.deploy.platform.Distribution;
import dev.millrace.deploy.platform.LocalPlatform;
import dev.millrace.deploy.platform.PlatformException;
import dev.millrace.deploy.topic.AvroJson;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.file.PipelineFile;
import dev.millrace.schemas.registry.Registry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/** One showing of the demo on a running platform. */
final class DemoRun {
  private static final Duration REDRAW = Duration.ofMillis(500);
  private static final Duration LINE_EVERY = Duration.ofSeconds(5);

  /** For how long the last events may take through the loop once no more are sent. */
  private static final Duration DRAIN = Duration.ofSeconds(60);

  private final LocalPlatform platform;
  private final Distribution distribution;
  private final Path workDir;
  private final Path pipelineFile;
  private final Pipeline pipeline;
  private final Registry registry;
  private final DemoScreen screen;
  private final LoopView view;
  private int reportedAlerts;
  private int reportedTriggers;
  private @Nullable Object reportedWindow;
  private Instant nextLine = Instant.MIN;

  /**
   * What is played.
   *
   * @param time for which payments are sent; the drift is switched on in the middle
   * @param rate payments a second
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
    this.view = new LoopView(screen.isTerminal());
  }

  DemoReport play(Script script) throws InterruptedException {
    LoopState state = new LoopState();
    String brokers = platform.endpoints().bootstrapServers();
    Instant ready = Instant.now();
    Duration readyAfter = platform.age();
    try (LoopWatcher watcher = new LoopWatcher(brokers, registry, pipeline, state);
        Simulator simulator =
            Simulator.start(distribution, platform.endpoints(), workDir, pipelineFile, script)) {
      watcher.start();
      Pace pace = new Pace(script.rate());
      show(state, simulator, script, pace);
      Ledger.Audit audit = drain();
      Snapshot last = state.snapshot(Instant.now());
      Instant first = Objects.requireNonNullElse(last.firstPrediction(), Instant.now());
      Duration startup = readyAfter.plus(Duration.between(ready, first));
      DemoReport report = report(last, audit, startup, pace.worst(), simulator.driftInjectedAt());
      DemoSummary.lines(report, audit, pace.summary()).forEach(screen::say);
      return report;
    }
  }

  private void show(LoopState state, Simulator simulator, Script script, Pace pace)
      throws InterruptedException {
    Instant started = null;
    while (simulator.isRunning()) {
      Crash crash = platform.crashed().getNow(null);
      if (crash != null) {
        throw new PlatformException(crash.message());
      }
      Snapshot snapshot = state.snapshot(Instant.now());
      if (started == null && simulator.started() != null) {
        started = simulator.started();
        state.measureLatencySince(started);
      }
      Duration elapsed = started == null ? null : Duration.between(started, Instant.now());
      String behind = pace.look(snapshot, elapsed).orElse("");
      if (screen.isTerminal()) {
        LoopView.Position position =
            new LoopView.Position(elapsed, script.time(), simulator.driftInjectedAt());
        screen.draw(view.draw(snapshot, position, behind));
      } else {
        sayNews(snapshot, elapsed, behind);
      }
      Thread.sleep(REDRAW.toMillis());
    }
    simulator.requireSuccess();
  }

  private void sayNews(Snapshot snapshot, @Nullable Duration elapsed, String behind) {
    if (snapshot.report() != null && snapshot.report() != reportedWindow) {
      reportedWindow = snapshot.report();
      screen.say("  " + view.report(snapshot.report()));
    }
    for (; reportedAlerts < snapshot.alerts().size(); reportedAlerts++) {
      screen.say("  " + view.alert(snapshot.alerts().get(reportedAlerts)));
    }
    for (; reportedTriggers < snapshot.triggers().size(); reportedTriggers++) {
      screen.say("  " + view.trigger(snapshot.triggers().get(reportedTriggers)));
    }
    if (snapshot.events() > 0 && Instant.now().isAfter(nextLine)) {
      nextLine = Instant.now().plus(LINE_EVERY);
      screen.say(view.line(snapshot, elapsed));
      if (!behind.isEmpty()) {
        screen.say("  " + behind);
      }
    }
  }

  /** Reads the topics back until every event has ended somewhere, or patience has. */
  private Ledger.Audit drain() throws InterruptedException {
    Auditor auditor = new Auditor(platform.endpoints().bootstrapServers(), registry, pipeline);
    Instant patience = Instant.now().plus(DRAIN);
    Ledger.Audit audit = auditor.audit();
    while (audit.lost() > 0 && Instant.now().isBefore(patience)) {
      Thread.sleep(REDRAW.toMillis());
      audit = auditor.audit();
    }
    return audit;
  }

  private static DemoReport report(
      Snapshot last,
      Ledger.Audit audit,
      Duration startup,
      Pace.@Nullable Behind behind,
      @Nullable Instant injected) {
    List<GenericRecord> firing =
        last.alerts().stream()
            .filter(alert -> alert.get("status").toString().equals("FIRING"))
            .toList();
    List<GenericRecord> trueAlarms =
        firing.stream().filter(alert -> injected != null && isAfter(alert, injected)).toList();
    GenericRecord first = trueAlarms.isEmpty() ? null : trueAlarms.get(0);
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
        new DemoReport.LatencyMillis(last.p50(), last.p99()),
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

  /** Whether the alert speaks of a window that ended after the drift began. */
  private static boolean isAfter(GenericRecord alert, Instant injected) {
    return (Long) alert.get("at") > injected.toEpochMilli();
  }

  /** Windows that ended after the injection, up to the one that was called. */
  private static long windows(GenericRecord alert, Snapshot last, Instant injected) {
    GenericRecord report = Objects.requireNonNull(last.report());
    long length = (Long) report.get("window_end") - (Long) report.get("window_start");
    long firstEnd = Math.floorDiv(injected.toEpochMilli(), length) * length + length;
    return ((Long) alert.get("at") - firstEnd) / length + 1;
  }
}
