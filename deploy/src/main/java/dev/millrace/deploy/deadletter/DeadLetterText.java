package dev.millrace.deploy.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.deploy.deadletter.ReplayStatus.Accepted;
import dev.millrace.deploy.deadletter.ReplayStatus.RejectedAgain;
import dev.millrace.deploy.deadletter.ReplayStatus.Sent;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.topics.Topics;
import dev.millrace.schemas.topics.WireHeaders;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.HexFormat;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * Dead letters as text for a terminal. Control characters, which producers can send in headers,
 * keys and values, are replaced.
 */
public final class DeadLetterText {
  private final Pipeline pipeline;
  private final ValueText values;
  private final boolean raw;

  /**
   * @param raw whether keys that are personal data are shown
   */
  public DeadLetterText(Pipeline pipeline, ValueText values, boolean raw) {
    this.pipeline = pipeline;
    this.values = values;
    this.raw = raw;
  }

  /** One line: position, time, stage, code, rejected record, producer, status, detail. */
  public static String line(DeadLetterEntry entry, ReplayStatus status) {
    return "%s  %s  %s  %s  %s  %s  %s  %s"
        .formatted(
            entry.position(),
            entry.time(),
            entry.stage(),
            entry.code(),
            entry.rejected(),
            entry.producer(),
            status.text(),
            entry.detail());
  }

  /** All that is known of a dead letter, several lines. */
  public String full(
      ConsumerRecord<byte[], byte[]> letter, DeadLetterEntry entry, ReplayStatus status) {
    StringBuilder text = new StringBuilder();
    row(text, "dead letter", entry.position().toString());
    row(text, "time", entry.time().toString());
    row(text, "status", status(status));
    row(text, "stage", entry.stage());
    row(text, "code", entry.code());
    row(text, "detail", entry.detail());
    row(text, "rejected", entry.rejected());
    row(text, "producer", entry.producer());
    if (entry.replays() > 0) {
      String of = entry.replayOf() == null ? "" : ", the last time from " + entry.replayOf();
      row(text, "replays", "published again %d times%s".formatted(entry.replays(), of));
    }
    if (entry.cut()) {
      row(text, "cut", cut(letter));
    }
    for (Header header : letter.headers()) {
      if (!isShownAbove(header.key())) {
        row(text, "header", header.key() + " = " + text(header.value()));
      }
    }
    row(text, "key", key(letter, entry));
    text.append("%-12s %s%n".formatted("value", printableLines(values.of(letter.value()))));
    return text.toString();
  }

  private static String status(ReplayStatus status) {
    if (status instanceof RejectedAgain again) {
      return replay(again.replay()) + ", and rejected again as " + again.as();
    }
    if (status instanceof Accepted accepted) {
      return replay(accepted.replay()) + ", and not rejected";
    }
    return status instanceof Sent sent
        ? replay(sent.replay()) + "; ingest has not read it yet"
        : "open: not published again";
  }

  private static String replay(Replay replay) {
    return "published again at %s as %s-%d@%d, attempt %d"
        .formatted(
            replay.at(), replay.topic(), replay.partition(), replay.offset(), replay.attempt());
  }

  private static String cut(ConsumerRecord<byte[], byte[]> letter) {
    String form = "the %s had %s bytes, SHA-256 %s";
    StringBuilder text = new StringBuilder();
    for (String part : new String[] {"key", "value"}) {
      String length = header(letter, WireHeaders.ERROR_PREFIX + part + ".length");
      if (!length.isEmpty()) {
        String digest = header(letter, WireHeaders.ERROR_PREFIX + part + ".sha256");
        text.append(text.isEmpty() ? "" : "; ").append(form.formatted(part, length, digest));
      }
    }
    return text.toString();
  }

  private static String header(ConsumerRecord<byte[], byte[]> letter, String name) {
    return Objects.requireNonNullElse(WireHeaders.text(letter.headers(), name), "");
  }

  private static boolean isShownAbove(String header) {
    return header.startsWith(WireHeaders.STREAMS_ERROR_PREFIX)
        || (header.startsWith(WireHeaders.ERROR_PREFIX) && !header.equals(WireHeaders.ERROR_INPUTS))
        || header.equals(WireHeaders.REPLAYS)
        || header.equals(WireHeaders.REPLAY_OF);
  }

  private String key(ConsumerRecord<byte[], byte[]> letter, DeadLetterEntry entry) {
    return !raw && letter.key() != null && isKeyPersonal(entry.topic())
        ? "not shown, since the key field has the property pii; --raw shows it"
        : text(letter.key());
  }

  /** A record of another topic may have the key of any source. */
  private boolean isKeyPersonal(String topic) {
    boolean known = pipeline.sources().values().stream().anyMatch(source -> isOf(source, topic));
    return pipeline.sources().values().stream()
        .filter(source -> !known || isOf(source, topic))
        .map(source -> source.schema().getField(source.key()))
        .anyMatch(field -> field != null && field.getObjectProp("pii") != null);
  }

  private boolean isOf(Source source, String topic) {
    return source.topic().equals(topic) || Topics.clean(pipeline, source.name()).equals(topic);
  }

  /** UTF-8, otherwise hexadecimal digits. */
  private static String text(byte @Nullable [] bytes) {
    if (bytes == null) {
      return "(none)";
    }
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return "0x" + HexFormat.of().formatHex(bytes);
    }
  }

  private static void row(StringBuilder text, String name, String value) {
    text.append("%-12s %s%n".formatted(name, printable(value)));
  }

  private static String printable(String text) {
    return text.replaceAll("\\p{Cntrl}", " ");
  }

  private static String printableLines(String text) {
    return text.replaceAll("[\\p{Cntrl}&&[^\n]]", " ");
  }
}
