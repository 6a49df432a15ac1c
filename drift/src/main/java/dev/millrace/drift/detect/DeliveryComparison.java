package dev.millrace.drift.detect;

import dev.millrace.drift.calibration.CalmSpan;
import dev.millrace.drift.calibration.SeasonCover;
import dev.millrace.drift.calibration.SeasonalForecast;
import dev.millrace.drift.profile.DeliveryCounts;
import dev.millrace.drift.profile.Reference;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Compares how the inputs of a window were delivered with calm windows before it, and keeps these:
 * those of the first season, and up to as many as show a season ({@link SeasonalForecast#enough}).
 * Inputs may be missing more often at night, so windows shorter than a day are compared with those
 * of the same hour of the day as soon as there are {@link MissingFeatures#FEWEST} of them. Not
 * thread-safe.
 */
public final class DeliveryComparison {
  private static final byte FORMAT = 1;
  private static final long HOUR_MILLIS = Duration.ofHours(1).toMillis();
  private static final long DAY_MILLIS = Duration.ofDays(1).toMillis();

  private final int features;
  private final int score;
  private final long windowMillis;
  private final CalmSpan span;
  private final TreeMap<Long, DeliveryCounts> calm = new TreeMap<>();
  private SeasonCover cover = SeasonCover.NONE;
  private long startMillis;
  private @Nullable DeliveryCounts window;

  /**
   * A comparison without earlier windows.
   *
   * @param features names of the inputs, and the score
   * @param span length of a window, and of calm windows
   */
  public DeliveryComparison(List<String> features, CalmSpan span) {
    this.features = features.size();
    this.score = features.indexOf(Reference.SCORE);
    this.windowMillis = span.windowMillis();
    this.span = span;
  }

  /**
   * A comparison that continues an earlier one.
   *
   * @param state of {@link #state} for the same features; null begins
   * @throws IllegalArgumentException if the state is damaged, or of another release
   */
  public static DeliveryComparison of(
      List<String> features, CalmSpan span, byte @Nullable [] state) {
    DeliveryComparison comparison = new DeliveryComparison(features, span);
    if (state != null) {
      comparison.read(state);
    }
    return comparison;
  }

  /**
   * Compares the next window; windows come in the order of time.
   *
   * @return the tests of each feature, by its position. Whether predictions waited too long for
   *     their inputs is tested with the score, which they all have.
   */
  public IntFunction<List<TestResult>> of(long windowStartMillis, DeliveryCounts counts) {
    startMillis = windowStartMillis;
    window = counts;
    MissingFeatures missing = new MissingFeatures(comparable());
    return feature -> feature == score ? missing.ofWaits(counts) : missing.ofInput(feature, counts);
  }

  /** The calm windows that this one is compared with; none while it cannot be judged. */
  private List<DeliveryCounts> comparable() {
    if (!isCovered()) {
      return List.of();
    }
    List<DeliveryCounts> ofHour = new ArrayList<>();
    calm.forEach(
        (start, counts) -> {
          if (hour(start) == hour(startMillis)) {
            ofHour.add(counts);
          }
        });
    boolean byHour = windowMillis < DAY_MILLIS && ofHour.size() >= MissingFeatures.FEWEST;
    return byHour ? ofHour : List.copyOf(calm.values());
  }

  private static long hour(long millis) {
    return Math.floorMod(millis, DAY_MILLIS) / HOUR_MILLIS;
  }

  private boolean isCovered() {
    return cover.suffices(startMillis, span, MissingFeatures.FEWEST);
  }

  /** Ends the window that {@link #of} compared last. */
  public void after(WindowComparison.Outcome outcome) {
    DeliveryCounts last = window;
    boolean learns =
        outcome == WindowComparison.Outcome.CALM
            || (outcome != WindowComparison.Outcome.NOT_COMPARABLE && !isCovered());
    if (last != null && learns && calm.size() < SeasonalForecast.enough(windowMillis)) {
      cover = cover.plus(startMillis);
      if (calm.isEmpty() || SeasonalForecast.addsTo(calm.size(), calm.lastKey(), startMillis)) {
        calm.put(startMillis, last);
      }
    }
    window = null;
  }

  /** The state after the windows so far. */
  public byte[] state() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(FORMAT);
      out.writeInt(features);
      out.writeInt(cover.windows());
      out.writeLong(cover.firstMillis());
      out.writeInt(cover.days());
      out.writeLong(cover.lastDay());
      out.writeInt(calm.size());
      for (Map.Entry<Long, DeliveryCounts> each : calm.entrySet()) {
        byte[] counts = each.getValue().toBytes();
        out.writeLong(each.getKey());
        out.writeInt(counts.length);
        out.write(counts);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private void read(byte[] state) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(state))) {
      byte format = in.readByte();
      if (format != FORMAT) {
        throw new IllegalArgumentException(
            "calm windows of missing inputs in format %d; this release reads format %d"
                .formatted(format, FORMAT));
      }
      if (in.readInt() != features) {
        return;
      }
      cover = new SeasonCover(in.readInt(), in.readLong(), in.readInt(), in.readLong());
      for (int left = in.readInt(); left > 0; left--) {
        long start = in.readLong();
        calm.put(start, new DeliveryCounts(features).mergeBytes(in.readNBytes(in.readInt())));
      }
    } catch (IOException e) {
      throw new IllegalArgumentException("the calm windows of missing inputs are damaged", e);
    }
  }
}
