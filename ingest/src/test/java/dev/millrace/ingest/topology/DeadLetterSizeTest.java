package dev.millrace.ingest.topology;

import static dev.millrace.ingest.topology.IngestHarness.header;
import static dev.millrace.ingest.topology.ShopPayments.DEAD_LETTERS;
import static dev.millrace.ingest.topology.ShopPayments.payment;
import static dev.millrace.ingest.topology.ShopPayments.with;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.pipeline.LatePolicy;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DeadLetterSizeTest {
  private static final int MEBIBYTE = 1024 * 1024;

  private IngestHarness ingest = new IngestHarness(ShopPayments.pipeline(1, LatePolicy.TOPIC));

  @AfterEach
  void close() {
    ingest.close();
  }

  @Test
  void aTooLargeValueIsCutAndItsLengthAndDigestAreWritten() throws Exception {
    byte[] value = noise(5 * MEBIBYTE);
    byte[] key = noise(100);
    RecordHeaders headers = new RecordHeaders();
    headers.add("small", noise(10));
    ingest.send(key, value, headers);

    TestRecord<byte[], byte[]> letter = ingest.read(DEAD_LETTERS).get(0);
    assertThat(sizeOnTheWire(letter)).isBetween(900_000, MEBIBYTE);
    assertThat(letter.key()).isEqualTo(key);
    assertThat(letter.value()).isEqualTo(Arrays.copyOf(value, letter.value().length));
    assertThat(letter.headers().lastHeader("small").value()).hasSize(10);
    assertThat(header(letter, "millrace.error.code")).isEqualTo("BAD_MAGIC");
    assertThat(header(letter, "millrace.error.value.length"))
        .isEqualTo(String.valueOf(value.length));
    assertThat(header(letter, "millrace.error.value.sha256"))
        .isEqualTo(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(value)));
  }

  @Test
  void hugeKeysAndHeadersDoNotStopTheStream() {
    RecordHeaders headers = new RecordHeaders();
    headers.add("huge", noise(2 * MEBIBYTE));
    headers.add("small", noise(10));
    ingest.send(noise(2 * MEBIBYTE), new byte[] {1, 2, 3, 4, 5, 6}, headers);

    TestRecord<byte[], byte[]> letter = ingest.read(DEAD_LETTERS).get(0);
    assertThat(sizeOnTheWire(letter)).isLessThan(MEBIBYTE);
    assertThat(header(letter, "millrace.error.key.length")).isEqualTo(String.valueOf(2 * MEBIBYTE));
    assertThat(letter.headers().lastHeader("huge")).isNull();
  }

  @Test
  void anEventTooLargeForTheCleanTopicBecomesADeadLetter() {
    ingest.send(with(payment("p"), "tags", List.of("x".repeat(MEBIBYTE))));
    ingest.send(payment("p"));

    TestRecord<byte[], byte[]> letter = ingest.read(DEAD_LETTERS).get(0);
    assertThat(header(letter, "millrace.error.code")).isEqualTo("TOO_LARGE");
    assertThat(ingest.ids(ShopPayments.CLEAN)).containsExactly("p");
  }

  @Test
  void anEventTooLargeForTheRekeyedTopicBecomesADeadLetter() {
    ingest.close();
    ingest = new IngestHarness(ShopPayments.pipeline(1000, LatePolicy.TOPIC));
    ingest.send(with(payment("p"), "tags", List.of("x".repeat(MEBIBYTE))));

    TestRecord<byte[], byte[]> letter = ingest.read(DEAD_LETTERS).get(0);
    assertThat(header(letter, "millrace.error.code")).isEqualTo("TOO_LARGE");
    assertThat(letter.key()).isNull();
  }

  private static byte[] noise(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    bytes[0] = 'x';
    return bytes;
  }

  /**
   * An upper bound of the size of a batch with this record only; its overhead is below 100 bytes.
   */
  private static int sizeOnTheWire(TestRecord<byte[], byte[]> record) {
    int size = 100 + record.key().length + record.value().length;
    for (Header header : record.headers()) {
      size += header.key().length() + header.value().length + 10;
    }
    return size;
  }
}
