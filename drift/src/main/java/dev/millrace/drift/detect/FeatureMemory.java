package dev.millrace.drift.detect;

import dev.millrace.drift.calibration.SeasonCover;
import dev.millrace.drift.profile.Bins;
import dev.millrace.drift.profile.Profile;
import dev.millrace.drift.sequence.ShiftEvidence;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the detector remembers about a feature.
 *
 * @param baseline what is known about calm windows
 * @param evidence of a change in the windows so far
 * @param sum the counts of all windows so far while they are compared with each other; null if the
 *     reference has enough blocks, before the first window and after calibration
 * @param cover which days the windows in the sum are of
 */
record FeatureMemory(
    Baseline baseline, Evidence evidence, @Nullable Profile sum, SeasonCover cover) {
  private static final byte FORMAT = 5;

  FeatureMemory with(Evidence other) {
    return new FeatureMemory(baseline, other, sum, cover);
  }

  /** With a better known baseline, for which no sum of windows is needed any more. */
  FeatureMemory with(Baseline other) {
    return new FeatureMemory(other, evidence, null, SeasonCover.NONE);
  }

  /** With one more of the windows that are compared with each other. */
  FeatureMemory with(Baseline other, Profile ofWindows, long startMillis) {
    return new FeatureMemory(other, evidence, ofWindows, cover.plus(startMillis));
  }

  static byte[] encode(List<FeatureMemory> features, List<SeasonalReference> references) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(FORMAT);
      out.writeInt(features.size());
      for (int i = 0; i < features.size(); i++) {
        out.writeBoolean(references.get(i).seasonal());
        features.get(i).write(out);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** Null if the bytes are those of other features, or if these were compared by other seasons. */
  static @Nullable List<FeatureMemory> decode(byte[] bytes, List<SeasonalReference> references) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      byte format = in.readByte();
      if (format != FORMAT) {
        throw new IllegalArgumentException(
            "the calibration of windows in format %d; this release reads format %d"
                .formatted(format, FORMAT));
      }
      if (in.readInt() != references.size()) {
        return null;
      }
      List<FeatureMemory> features = new ArrayList<>();
      for (SeasonalReference reference : references) {
        if (in.readBoolean() != reference.seasonal()) {
          return null;
        }
        features.add(read(in, reference.whole().bins()));
      }
      return features;
    } catch (IOException e) {
      throw new IllegalArgumentException("the calibration of windows is damaged", e);
    }
  }

  private void write(DataOutputStream out) throws IOException {
    out.writeBoolean(baseline.known());
    out.writeDouble(baseline.rows());
    out.writeInt(baseline.windows());
    out.writeInt(baseline.ratios().size());
    for (Map.Entry<StatisticalTest, List<Double>> each : baseline.ratios().entrySet()) {
      out.writeUTF(each.getKey().name());
      doubles(out, each.getValue());
    }
    doubles(out, baseline.levels());
    out.writeDouble(baseline.divergence().psi());
    out.writeDouble(baseline.divergence().jensenShannon());
    out.writeDouble(baseline.divergence().wasserstein());
    out.writeInt(baseline.dependence().size());
    for (Map.Entry<StatisticalTest, Double> each : baseline.dependence().entrySet()) {
      out.writeUTF(each.getKey().name());
      out.writeDouble(each.getValue());
    }
    out.writeInt(evidence.runs().size());
    for (Map.Entry<StatisticalTest, Evidence.Run> each : evidence.runs().entrySet()) {
      out.writeUTF(each.getKey().name());
      write(out, each.getValue());
    }
    byte[] counts = sum == null ? new byte[0] : sum.toBytes();
    out.writeInt(counts.length);
    out.write(counts);
    out.writeInt(cover.windows());
    out.writeLong(cover.firstMillis());
    out.writeInt(cover.days());
    out.writeLong(cover.lastDay());
  }

  private static FeatureMemory read(DataInputStream in, Bins bins) throws IOException {
    boolean known = in.readBoolean();
    double rows = in.readDouble();
    int windows = in.readInt();
    Map<StatisticalTest, List<Double>> ratios = new EnumMap<>(StatisticalTest.class);
    for (int left = in.readInt(); left > 0; left--) {
      ratios.put(StatisticalTest.valueOf(in.readUTF()), doubles(in));
    }
    List<Double> levels = doubles(in);
    Baseline.Divergence divergence =
        new Baseline.Divergence(in.readDouble(), in.readDouble(), in.readDouble());
    Map<StatisticalTest, Double> dependence = new EnumMap<>(StatisticalTest.class);
    for (int left = in.readInt(); left > 0; left--) {
      dependence.put(StatisticalTest.valueOf(in.readUTF()), in.readDouble());
    }
    Map<StatisticalTest, Evidence.Run> runs = new EnumMap<>(StatisticalTest.class);
    for (int left = in.readInt(); left > 0; left--) {
      runs.put(StatisticalTest.valueOf(in.readUTF()), run(in));
    }
    byte[] counts = in.readNBytes(in.readInt());
    return new FeatureMemory(
        new Baseline(known, rows, windows, ratios, levels, divergence, dependence),
        new Evidence(runs),
        counts.length == 0 ? null : Profile.fromBytes(bins, counts),
        new SeasonCover(in.readInt(), in.readLong(), in.readInt(), in.readLong()));
  }

  private static void write(DataOutputStream out, Evidence.Run run) throws IOException {
    out.writeDouble(run.statistic());
    doubles(out, run.shift().statistics());
    out.writeBoolean(run.found());
    out.writeInt(run.windows());
    out.writeDouble(run.divergence());
    out.writeDouble(run.largest());
    out.writeDouble(run.second());
    out.writeDouble(run.size());
    out.writeDouble(run.changeEnd().logRatio());
    out.writeInt(run.changeEnd().windows());
    out.writeDouble(run.changeEnd().size());
  }

  private static Evidence.Run run(DataInputStream in) throws IOException {
    return new Evidence.Run(
        in.readDouble(),
        new ShiftEvidence(doubles(in)),
        in.readBoolean(),
        in.readInt(),
        in.readDouble(),
        in.readDouble(),
        in.readDouble(),
        in.readDouble(),
        new ChangeEnd(in.readDouble(), in.readInt(), in.readDouble()));
  }

  /** Without the values if all are 0, such as the ratios of a kind of value that never occurs. */
  private static void doubles(DataOutputStream out, List<Double> values) throws IOException {
    boolean zeros = values.stream().allMatch(value -> value == 0);
    out.writeInt(zeros ? -values.size() : values.size());
    if (zeros) {
      return;
    }
    for (double value : values) {
      out.writeDouble(value);
    }
  }

  private static List<Double> doubles(DataInputStream in) throws IOException {
    List<Double> values = new ArrayList<>();
    int size = in.readInt();
    if (size <= 0) {
      return Collections.nCopies(-size, 0.0);
    }
    for (int left = size; left > 0; left--) {
      values.add(in.readDouble());
    }
    return values;
  }
}
