package dev.millrace.schemas.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.codec.RejectionCode;
import java.util.Arrays;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DeadLetterTest {
  private final Headers headers = new RecordHeaders();

  @Test
  void keepsTheRecordAndNamesTheReason() {
    headers.add("trace", "t".getBytes(UTF_8));
    DeadLetter letter = letter("k".getBytes(UTF_8), "v".getBytes(UTF_8), "x".repeat(3_000));

    assertThat(letter.key()).asString(UTF_8).isEqualTo("k");
    assertThat(letter.value()).asString(UTF_8).isEqualTo("v");
    assertThat(header(letter, "trace")).isEqualTo("t");
    assertThat(header(letter, "millrace.error.code")).isEqualTo("DECODE");
    assertThat(header(letter, "millrace.error.stage")).isEqualTo("features");
    assertThat(header(letter, "millrace.error.detail")).hasSize(2_003).endsWith("x...");
    assertThat(header(letter, "__streams.errors.topic")).isEqualTo("rows");
    assertThat(header(letter, "__streams.errors.partition")).isEqualTo("3");
    assertThat(header(letter, "__streams.errors.offset")).isEqualTo("42");
  }

  @Test
  void describesOnlyTheLastRejection() {
    headers.add("millrace.error.code", "CONTRACT".getBytes(UTF_8));
    headers.add("millrace.error.value.length", "9".getBytes(UTF_8));
    DeadLetter letter = letter(null, "v".getBytes(UTF_8), "no");

    assertThat(letter.headers().headers("millrace.error.code")).hasSize(1);
    assertThat(letter.headers().lastHeader("millrace.error.value.length")).isNull();
  }

  @Test
  void cutsALargeRecordAndAddsLengthAndDigest() {
    headers.add("large", new byte[500_000]);
    headers.add("small", new byte[10]);
    byte[] key = new byte[700_000];
    Arrays.fill(key, (byte) 'k');
    DeadLetter letter = letter(key, new byte[800_000], "too large");

    assertThat(RecordSize.fits(letter.key(), letter.value(), letter.headers())).isTrue();
    assertThat(letter.key()).isEqualTo(key);
    assertThat(letter.headers().lastHeader("large")).isNull();
    assertThat(letter.headers().lastHeader("small")).isNotNull();
    assertThat(header(letter, "millrace.error.value.length")).isEqualTo("800000");
    assertThat(header(letter, "millrace.error.value.sha256")).hasSize(64);
    assertThat(header(letter, "millrace.error.key.length")).isEqualTo("700000");

    DeadLetter keyAlone = letter(new byte[2_000_000], null, "too large");
    assertThat(RecordSize.fits(keyAlone.key(), keyAlone.value(), keyAlone.headers())).isTrue();
    assertThat(keyAlone.value()).isNull();
  }

  @SuppressWarnings("NullAway") // Kafka takes a null key and value, but is not annotated.
  private DeadLetter letter(byte @Nullable [] key, byte @Nullable [] value, String detail) {
    ConsumerRecord<byte[], byte[]> read =
        new ConsumerRecord<>(
            "rows",
            3,
            42,
            0,
            TimestampType.CREATE_TIME,
            -1,
            -1,
            key,
            value,
            headers,
            Optional.empty());
    return DeadLetter.of("features", read, RejectionCode.DECODE, detail);
  }

  private static String header(DeadLetter letter, String name) {
    Header header = letter.headers().lastHeader(name);
    return new String(header.value(), UTF_8);
  }
}
