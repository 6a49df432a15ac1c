package dev.millrace.deploy.e2e.expected;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.deploy.e2e.pipeline.Await;
import dev.millrace.deploy.e2e.pipeline.RunningPipeline;
import dev.millrace.schemas.topics.Topics;
import dev.millrace.schemas.topics.WireHeaders;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Records of the late topic that cannot be decoded, and their dead letters. Of the processes, only
 * the features jobs read that topic.
 */
public final class DeadLateOrders {
  private final RunningPipeline running;
  private final String topic;
  private int sent;

  public DeadLateOrders(RunningPipeline running) {
    this.running = running;
    this.topic = Topics.late(running.pipeline());
  }

  /** Publishes one. */
  public void send() throws InterruptedException {
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(topic, 0, null, new byte[] {'{', '}'});
    record
        .headers()
        .add(WireHeaders.SOURCE, running.pipeline().score().getBytes(StandardCharsets.UTF_8));
    assertThat(running.send(record).offset()).isEqualTo(sent);
    sent++;
  }

  /** Waits until each has its dead letter; deletes them, since an audit reads the late topic. */
  public void awaitDeadLettersAndDelete() throws InterruptedException {
    Map<String, Integer> letters =
        Await.value(
            "dead letters of %d late records".formatted(sent),
            RunningPipeline.TIMEOUT,
            () -> letters().size() < sent ? null : letters());
    System.out.printf(
        "%d late records, %d dead letters%n",
        sent, letters.values().stream().mapToInt(count -> count).sum());
    assertThat(letters.values()).allMatch(count -> count <= 2);
    running.deleteFirstRecords(topic, sent);
  }

  /** Their numbers by the offset of the record. */
  private Map<String, Integer> letters() {
    Map<String, Integer> counts = new HashMap<>();
    running.deadLetters().stream()
        .filter(letter -> RunningPipeline.header(letter, "__streams.errors.topic").equals(topic))
        .map(letter -> RunningPipeline.header(letter, "__streams.errors.offset"))
        .forEach(offset -> counts.merge(offset, 1, Integer::sum));
    return counts;
  }
}
