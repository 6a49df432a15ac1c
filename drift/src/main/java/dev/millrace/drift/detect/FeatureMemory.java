package dev.millrace.drift.detect;

import dev.millrace.drift.profile.Bins;
import dev.millrace.drift.profile.Profile;
import dev.millrace.drift.profile.Reference;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
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
 *     reference has blocks, before the first window and after calibration
 */
record FeatureMemory(Baseline baseline, Evidence evidence, @Nullable Profile sum) {
  private static final byte FORMAT = 1;

  static byte[] encode(List<FeatureMemory> features) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(FORMAT);
      out.writeInt(features.size());
      for (FeatureMemory feature : features) {
        feature.write(out);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** Null if the bytes are those of other features. */
  static @Nullable List<FeatureMemory> decode(byte[] bytes, List<Reference> references) {
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
      for (Reference reference : references) {
        features.add(read(in, reference.bins()));
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
    out.writeInt(evidence.runs().size());
    for (Map.Entry<StatisticalTest, Evidence.Run> each : evidence.runs().entrySet()) {
      out.writeUTF(each.getKey().name());
      out.writeDouble(each.getValue().statistic());
      out.writeInt(each.getValue().windows());
      out.writeDouble(each.getValue().divergence());
    }
    byte[] counts = sum == null ? new byte[0] : sum.toBytes();
    out.writeInt(counts.length);
    out.write(counts);
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
    Map<StatisticalTest, Evidence.Run> runs = new EnumMap<>(StatisticalTest.class);
    for (int left = in.readInt(); left > 0; left--) {
      runs.put(
          StatisticalTest.valueOf(in.readUTF()),
          new Evidence.Run(in.readDouble(), in.readInt(), in.readDouble()));
    }
    byte[] counts = in.readNBytes(in.readInt());
    return new FeatureMemory(
        new Baseline(known, rows, windows, ratios, levels, divergence),
        new Evidence(runs),
        counts.length == 0 ? null : Profile.fromBytes(bins, counts));
  }

  private static void doubles(DataOutputStream out, List<Double> values) throws IOException {
    out.writeInt(values.size());
    for (double value : values) {
      out.writeDouble(value);
    }
  }

  private static List<Double> doubles(DataInputStream in) throws IOException {
    List<Double> values = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      values.add(in.readDouble());
    }
    return values;
  }
}
