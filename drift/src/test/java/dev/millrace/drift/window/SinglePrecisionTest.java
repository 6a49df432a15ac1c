package dev.millrace.drift.window;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.Shop;
import dev.millrace.drift.profile.ModelReference;
import dev.millrace.drift.profile.NumberBins;
import dev.millrace.drift.profile.Profile;
import dev.millrace.drift.profile.Reference;
import dev.millrace.drift.training.ReferenceLoader;
import dev.millrace.drift.training.TrainingProfile;
import dev.millrace.schemas.topics.PipelineSchemas;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A value falls into the same bin whether it was written in double precision, as in training rows
 * of a collecting pipeline, or read from a float32 tensor.
 */
class SinglePrecisionTest {
  /** Amounts in cents, a tenth of them 0.1 and a tenth 19.99, so that these have their own bins. */
  private static double[] amounts() {
    Random random = new Random(7);
    double[] amounts = new double[20_000];
    for (int i = 0; i < amounts.length; i++) {
      amounts[i] =
          i % 10 == 0 ? 0.1 : i % 10 == 1 ? 19.99 : Math.rint(random.nextDouble() * 1e4) / 100;
    }
    return amounts;
  }

  @Test
  void aProfileOfDoublesCountsFloatsIntoTheSameBins(@TempDir Path model) throws IOException {
    double[] amounts = amounts();
    Reference trained = Reference.of("amount", amounts);
    ModelReference baseline = baseline(model, trained);

    assertThat(count(baseline, amounts, value -> (float) value))
        .isEqualTo(count(baseline, amounts, value -> value))
        .isEqualTo(baseline.references().get(0).profile().counts())
        .isEqualTo(trained.profile().counts());
  }

  @Test
  void aFrequentValueKeepsItsBin(@TempDir Path model) throws IOException {
    Reference reference = baseline(model, Reference.of("amount", amounts())).references().get(0);
    NumberBins bins = (NumberBins) reference.bins();

    for (double frequent : new double[] {0.1f, 19.99f}) {
      int bin = bins.bin(frequent);
      assertThat(bins.isAtom(bin)).isTrue();
      assertThat(reference.profile().count(bin)).isGreaterThanOrEqualTo(2_000);
    }
  }

  @Test
  void valuesThatAreEqualInSinglePrecisionShareABin(@TempDir Path model) throws IOException {
    // Above 2^24 a float represents at most every second whole number.
    double[] values = new double[3_000];
    Arrays.setAll(values, i -> (1 << 24) + i % 3);
    ModelReference baseline = baseline(model, Reference.of("amount", values));

    assertThat(count(baseline, values, value -> (float) value))
        .isEqualTo(baseline.references().get(0).profile().counts());
  }

  /** The profile of the example was written from training rows in double precision. */
  @Test
  void theExamplesProfileKeepsItsBins() throws IOException {
    TrainingProfile profile =
        TrainingProfile.load(Path.of("../deploy/examples/payments/model/profile.json"));
    for (Reference written : profile.references().values()) {
      Reference read = written.inSinglePrecision();
      assertThat(read.profile().counts()).isEqualTo(written.profile().counts());
      if (written.bins() instanceof NumberBins bins && read.bins() instanceof NumberBins floats) {
        double[] edges = bins.edges();
        for (int i = 0; i < edges.length - 1; i++) {
          if (i == 0 || edges[i] != Math.nextUp(edges[i - 1])) {
            assertThat(floats.bin((float) edges[i])).isEqualTo(bins.bin(edges[i]));
          }
        }
        assertThat(floats.bin((float) written.profile().max()))
            .isEqualTo(bins.bin(written.profile().max()));
      }
    }
  }

  /** Counts predictions with some values. */
  private static long[] count(
      ModelReference baseline, double[] amounts, DoubleUnaryOperator logged) {
    PredictionExtractor values =
        new PredictionExtractor(PipelineSchemas.prediction(Shop.pipeline()), baseline.features());
    WindowCounts counts = new WindowCounts(baseline.references());
    for (double amount : amounts) {
      counts.add(values.of(Shop.prediction(0, 0, logged.applyAsDouble(amount), "web", 0.5)), 0, 0);
    }
    Profile profile = counts.profile(0);
    return profile.counts();
  }

  /** The reference as a job reads it from the file. */
  private static ModelReference baseline(Path directory, Reference reference) throws IOException {
    Files.writeString(directory.resolve("model.onnx"), "a model");
    Map<String, Reference> references = new LinkedHashMap<>();
    references.put("amount", reference);
    new TrainingProfile("shop", new TrainingProfile.CreatedFrom("rows.csv", 1, "00"), references)
        .save(directory.resolve("profile.json"));
    return Objects.requireNonNull(ReferenceLoader.load(Shop.pipeline(directory)));
  }
}
