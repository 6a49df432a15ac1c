package dev.millrace.inference.topology;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.inference.onnx.Scored;
import dev.millrace.inference.onnx.Scorer;
import dev.millrace.inference.scoring.ChampionModel;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Wait;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A second model that scores beside the champion, in the same prediction. */
class ShadowTest {
  private static final Pipeline PIPELINE =
      Payments.pipeline(
          true, Payments.view("card", "payments", "card", Wait.atMost(ofMillis(200))));

  private static final ChampionModel.Shadow SHADOW =
      new ChampionModel.Shadow("fedcba987654", DoublingModel::new);

  private static final double REJECTED = 7;
  private static final double THROWS = 8;

  /** The champion gives no score for it. */
  private static final double INVALID = -1_000;

  private static final double[] AMOUNTS = {1, 90, REJECTED, THROWS, 200, INVALID, 2};

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path stateDir;

  @Test
  void theChampionsPredictionsAreTheSameToTheByte() throws IOException {
    List<GenericRecord> alone = predictions(null);
    List<GenericRecord> beside = predictions(SHADOW);

    assertThat(alone).hasSize(AMOUNTS.length - 1).allMatch(each -> each.get("shadow") == null);
    assertThat(beside).allMatch(each -> each.get("shadow") != null);
    beside.forEach(each -> each.put("shadow", null));
    for (int i = 0; i < alone.size(); i++) {
      assertThat(bytes(beside.get(i))).isEqualTo(bytes(alone.get(i)));
    }
  }

  @Test
  void thePredictionHasTheScoreOfTheShadowOrWhyThereIsNone() throws IOException {
    List<String> shadows = new ArrayList<>();
    for (GenericRecord prediction : predictions(SHADOW)) {
      GenericRecord shadow = (GenericRecord) Objects.requireNonNull(prediction.get("shadow"));
      assertThat(shadow.get("model_version")).hasToString("fedcba987654");
      shadows.add(
          "%s: %s, %s, %s"
              .formatted(
                  prediction.get("score"),
                  shadow.get("score"),
                  shadow.get("positive"),
                  shadow.get("rejected")));
    }

    assertThat(shadows)
        .containsExactly(
            "1.0: 2.0, false, null",
            "90.0: 180.0, true, null",
            "7.0: null, null, NOT_FINITE",
            "8.0: null, null, FAILED",
            "200.0: 400.0, true, null",
            "2.0: 4.0, false, null");
  }

  @Test
  void rejectionsAreCountedFromZero() throws IOException {
    try (TestDriver driver = driver(SHADOW)) {
      driver.vector("p", "c", ofMinutes(1), 0, 0);
      driver.event("p", "c", "m", ofMinutes(1), 1);
      assertThat(driver.shadowRejections("NOT_FINITE")).isZero();
      assertThat(driver.shadowRejections("FAILED")).isZero();

      driver.vector("q", "c", ofMinutes(1), 1, 0);
      driver.event("q", "c", "m", ofMinutes(1), REJECTED);
      assertThat(driver.shadowRejections("NOT_FINITE")).isOne();
      assertThat(driver.metric("model_calls_total")).isEqualTo(2);
    }
  }

  private List<GenericRecord> predictions(ChampionModel.@Nullable Shadow shadow)
      throws IOException {
    List<GenericRecord> predictions = new ArrayList<>();
    try (TestDriver driver = driver(shadow)) {
      for (int i = 0; i < AMOUNTS.length; i++) {
        driver.vector("p" + i, "c", ofMinutes(i), i, 0);
        driver.event("p" + i, "c", "m", ofMinutes(i), AMOUNTS[i]);
      }
      while (driver.hasPrediction()) {
        predictions.add(driver.prediction());
      }
      assertThat(driver.deadLetter()).isNotNull();
    }
    return predictions;
  }

  private TestDriver driver(ChampionModel.@Nullable Shadow shadow) throws IOException {
    return new TestDriver(
        PIPELINE,
        new ChampionModel("fraud", "0123456789ab", SumModel::new, shadow),
        Files.createTempDirectory(stateDir, "state"));
  }

  private static byte[] bytes(GenericRecord record) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    new GenericDatumWriter<GenericRecord>(record.getSchema()).write(record, encoder);
    encoder.flush();
    return bytes.toByteArray();
  }

  /** Twice the champion's score, with two amounts for which it has none. */
  private static final class DoublingModel implements Scorer {
    @Override
    public Scored score(@Nullable Object[] inputs) {
      double amount = (Double) Objects.requireNonNull(inputs[0]);
      if (amount == THROWS) {
        throw new IllegalStateException("a bug");
      }
      return amount == REJECTED
          ? new Scored.Rejected(Scored.Cause.NOT_FINITE, "output 'score' is NaN")
          : new Scored.Score(2 * amount);
    }

    @Override
    public void close() {}
  }
}
