package dev.millrace.drift.coverage;

import dev.millrace.drift.window.TumblingWindows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.TreeMap;

/**
 * The windows whose labels have not all come. A window is reported when the slowest task of the
 * join has passed its maturity, and before that if labels have stalled. Its memory is a few numbers
 * for each open window and version; a stalled window is forgotten when the join has dropped its
 * predictions.
 */
public final class CoverageWindows {
  private static final int MATURITIES_UNTIL_DROPPED = 9;

  private final TumblingWindows windows;
  private final long maturityMillis;
  private final TreeMap<Long, Window> open = new TreeMap<>();
  private long[] maturedMillis = {};
  private long[] stalledMillis = {};
  private long closedMillis = Long.MIN_VALUE;

  private static final class Window {
    final TreeMap<String, CoverageCounts> versions = new TreeMap<>();
    boolean stalled;
  }

  /**
   * An open window, for the state of the job.
   *
   * @param stalled whether it was reported so
   */
  public record OpenWindow(long startMillis, boolean stalled, List<VersionCoverage> versions) {}

  /**
   * @param maturityMillis of a prediction
   */
  public CoverageWindows(TumblingWindows windows, long maturityMillis) {
    this.windows = windows;
    this.maturityMillis = maturityMillis;
  }

  /**
   * Adds counts.
   *
   * @return false if the window has been closed: they are not in a report
   */
  public boolean add(CoverageUpdate update) {
    if (windows.endMillis(update.startMillis()) <= closedMillis) {
      return false;
    }
    open.computeIfAbsent(update.startMillis(), start -> new Window())
        .versions
        .merge(update.modelVersion(), update.counts(), CoverageCounts::plus);
    return true;
  }

  /**
   * Takes how far a task is; after a start no window is reported until each task has told it.
   *
   * @return the windows that are reported now, in the order of their time
   */
  public List<LabelCoverage> advance(CoverageUpdate mark) {
    if (maturedMillis.length != mark.tasks()) {
      maturedMillis = new long[mark.tasks()];
      stalledMillis = new long[mark.tasks()];
      Arrays.fill(maturedMillis, Long.MIN_VALUE);
      Arrays.fill(stalledMillis, Long.MIN_VALUE);
    }
    maturedMillis[mark.task()] = mark.maturedMillis();
    stalledMillis[mark.task()] = mark.stalledMillis();
    return report(slowest(maturedMillis), slowest(stalledMillis));
  }

  private static long slowest(long[] millis) {
    return Arrays.stream(millis).min().orElse(Long.MIN_VALUE);
  }

  private List<LabelCoverage> report(long matured, long stalled) {
    List<LabelCoverage> reported = new ArrayList<>();
    for (Iterator<Long> starts = open.keySet().iterator(); starts.hasNext(); ) {
      long startMillis = starts.next();
      Window window = open.get(startMillis);
      long endMillis = windows.endMillis(startMillis);
      if (window != null && windows.closingMillis(startMillis) + maturityMillis <= matured) {
        reported.add(coverage(startMillis, window, false));
        closedMillis = Math.max(closedMillis, endMillis);
        starts.remove();
      } else if (window != null && endMillis <= stalled) {
        if (!window.stalled) {
          reported.add(coverage(startMillis, window, true));
          window.stalled = true;
        }
        if (endMillis + MATURITIES_UNTIL_DROPPED * maturityMillis <= stalled) {
          closedMillis = Math.max(closedMillis, endMillis);
          starts.remove();
        }
      } else {
        break;
      }
    }
    return reported;
  }

  private LabelCoverage coverage(long startMillis, Window window, boolean stalled) {
    return new LabelCoverage(
        startMillis, windows.endMillis(startMillis), stalled, window.stalled, versions(window));
  }

  private static List<VersionCoverage> versions(Window window) {
    return window.versions.entrySet().stream()
        .map(each -> new VersionCoverage(each.getKey(), each.getValue()))
        .toList();
  }

  /** End of the newest closed window; Long.MIN_VALUE: none. */
  public long closedMillis() {
    return closedMillis;
  }

  /** The open windows, for the state of the job. */
  public List<OpenWindow> openWindows() {
    return open.entrySet().stream()
        .map(
            each ->
                new OpenWindow(each.getKey(), each.getValue().stalled, versions(each.getValue())))
        .toList();
  }

  /** Takes the open windows of the state of the job. */
  public void restore(List<OpenWindow> restored, long closedUntilMillis) {
    closedMillis = closedUntilMillis;
    for (OpenWindow each : restored) {
      Window window = new Window();
      window.stalled = each.stalled();
      each.versions().forEach(one -> window.versions.put(one.modelVersion(), one.counts()));
      open.put(each.startMillis(), window);
    }
  }
}
