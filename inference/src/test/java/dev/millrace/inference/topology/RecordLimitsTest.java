package dev.millrace.inference.topology;

import static dev.millrace.schemas.pipeline.InputType.TEXT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.time.Duration.ZERO;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.inference.onnx.Scored;
import dev.millrace.inference.onnx.Scorer;
import dev.millrace.inference.scoring.ChampionModel;
import dev.millrace.schemas.deadletter.RecordSize;
import dev.millrace.schemas.expression.Expression;
import dev.millrace.schemas.pipeline.Fields;
import dev.millrace.schemas.pipeline.Model;
import dev.millrace.schemas.pipeline.ModelInput;
import dev.millrace.schemas.pipeline.Wait;
import dev.millrace.schemas.topics.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.internal.AbstractRecords;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Records that are too large or have no key, and vectors that would be kept for ever. */
class RecordLimitsTest {
  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path stateDir;

  private TestDriver start() {
    return new TestDriver(
        Payments.standard(Wait.atMost(Duration.ofMillis(200))), SumModel.CHAMPION, stateDir);
  }

  @Test
  void aPredictionThatFitsIntoNoRequestIsADeadLetterThatSaysWhy() {
    try (TestDriver driver = start()) {
      String id = "i".repeat(300_000);
      String card = "c".repeat(200_000);
      driver.event(id, card, ZERO);
      driver.pass(Duration.ofMillis(220));

      driver.noPrediction();
      TestRecord<byte[], byte[]> letter = driver.deadLetter();
      assertThat(header(letter, "millrace.error.code")).isEqualTo("TOO_LARGE");
      assertThat(header(letter, "millrace.error.stage")).isEqualTo("inference");
      assertThat(header(letter, "millrace.error.detail"))
          .contains("at most 1000000 are written")
          .contains("its key 200000")
          .contains("shorten");
      assertThat(letter.key()).hasSize(200_000);
      driver.nothingKept();

      driver.event("p1", "c", ZERO);
      driver.vector("p1", "c", ZERO, 1, 5);
      assertThat(driver.prediction().get("event_id")).isEqualTo("p1");
    }
  }

  @Test
  void anEventThatNoChangelogWouldTakeIsADeadLetterThatIsCut() {
    try (TestDriver driver = start()) {
      driver.rawEvent("c", new byte[1_048_400]);

      TestRecord<byte[], byte[]> letter = driver.deadLetter();
      assertThat(header(letter, "millrace.error.code")).isEqualTo("TOO_LARGE");
      assertThat(header(letter, "millrace.error.value.length")).isEqualTo("1048400");
      assertThat(header(letter, "millrace.error.value.sha256")).hasSize(64);
      assertThat(RecordSize.fits(letter.key(), letter.value(), letter.headers())).isTrue();
      driver.nothingKept();
    }
  }

  @Test
  void aVectorWhoseEventDoesNotComeIsRemovedWhenItsTopicNoLongerHasIt() {
    try (TestDriver driver = start()) {
      driver.vector("lost", "c", ZERO, 1_000_000, 20);
      driver.event("p0", "c", ZERO);
      driver.pass(Topics.VECTOR_RETENTION);
      assertThat(driver.keptVectors()).hasSize(1);

      driver.pass(Duration.ofHours(1).plus(ScoringProcessor.CLEAN_UP));
      assertThat(driver.keptVectors()).isEmpty();
    }
  }

  @Test
  void aRejectedRowOfAReplicatedViewIsCountedAndSkipped() {
    try (TestDriver driver = start()) {
      driver.row("merchant", "m", ZERO, 7, 9);
      driver.rawRow("merchant", "m", new byte[] {1, 0, 0, 0, 1, 5}, ZERO);
      driver.rowWithoutKey("merchant");

      assertThat(skipped(driver, "BAD_MAGIC")).isEqualTo(1);
      assertThat(skipped(driver, "KEY_MISSING")).isEqualTo(1);
      driver.event("p0", "c", "m", ZERO, 1);
      driver.pass(Duration.ofMillis(220));
      assertThat(TestDriver.input(driver.prediction(), "merchant_amount_sum_1h"))
          .isEqualTo("9.0/PRESENT/0");
    }
  }

  @Test
  void rowsAndVectorsWithoutAKeyAreDeadLetters() {
    try (TestDriver driver = start()) {
      driver.rowWithoutKey("card");
      assertThat(header(driver.deadLetter(), "millrace.error.code")).isEqualTo("KEY_MISSING");
      driver.rawVector(null, new byte[] {0, 0, 0, 0, 1});
      assertThat(header(driver.deadLetter(), "millrace.error.code")).isEqualTo("KEY_MISSING");
    }
  }

  @Test
  void theLetterOfAModelWithManyTextsFitsIntoARequest() {
    Expression merchant = Expression.compile("merchant", Fields.types(Payments.EVENT));
    List<ModelInput> inputs =
        IntStream.range(0, 190)
            .mapToObj(i -> new ModelInput("w" + i, merchant, ModelInput.Kind.ON_DEMAND, TEXT))
            .toList();
    Model model = new Model("fraud", Path.of("models/fraud"), inputs, "score", null);
    ChampionModel rejecting = new ChampionModel("fraud", "0123456789ab", Rejecting::new);
    try (TestDriver driver =
        new TestDriver(Payments.pipeline(Map.of(), model), rejecting, stateDir)) {
      driver.event("i".repeat(994_600), "c", "\u20AC".repeat(100), ZERO, 1);

      TestRecord<byte[], byte[]> letter = driver.deadLetter();
      assertThat(header(letter, "millrace.error.code")).isEqualTo("MODEL_OUTPUT");
      assertThat(header(letter, "millrace.error.inputs")).contains("\u20AC");
      assertThat(RecordSize.fits(letter.key(), letter.value(), letter.headers())).isTrue();
      assertThat(
              AbstractRecords.estimateSizeInBytesUpperBound(
                  RecordBatch.CURRENT_MAGIC_VALUE,
                  CompressionType.NONE,
                  letter.key(),
                  letter.value(),
                  letter.headers().toArray()))
          .isLessThan(1_048_576);
    }
  }

  private static final class Rejecting implements Scorer {
    @Override
    public Scored score(@Nullable Object[] inputs) {
      return new Scored.Rejected(Scored.Cause.NOT_FINITE, "output 'score' is NaN");
    }

    @Override
    public void close() {}
  }

  private static @Nullable Double skipped(TestDriver driver, String code) {
    return driver.skippedRows("merchant", code);
  }

  private static String header(TestRecord<byte[], byte[]> letter, String name) {
    Header header = letter.headers().lastHeader(name);
    return new String(header.value(), UTF_8);
  }
}
