package dev.millrace.deploy.e2e.measure;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.deploy.e2e.measure.MeasuredInstance.Restoration;
import dev.millrace.deploy.e2e.pipeline.Packaged;
import dev.millrace.deploy.e2e.pipeline.RunningPipeline;
import dev.millrace.deploy.platform.Component;
import dev.millrace.schemas.codec.AvroEncoder;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Not a test: prints what a view costs that is replicated, and with {@code join: repartition}:
 * memory and disk of two instances, the latency of events without vectors, and the time to restore
 * an empty state directory. Both variants are measured in one run, on a platform of their own.
 */
final class OnlineStoreCost {
  private static final int RATE = 100;
  private static final int EVENTS = 40 * RATE;

  /** Of the events, which are not counted: the first ones after a start are slower. */
  private static final int WARM_UP = EVENTS / 4;

  /** More than the time for which the group keeps the membership of an instance that stopped. */
  private static final Duration MEMBERSHIP = Duration.ofSeconds(15);

  private final RunningPipeline running;
  private final int entities;

  private OnlineStoreCost(RunningPipeline running, int entities) {
    this.running = running;
    this.entities = entities;
  }

  /**
   * Run in the directory deploy/e2e after {@code ./mvnw verify -Dit.test=NONE}: {@code java -cp
   * <test classpath> -Dmillrace.home=<distribution> dev...OnlineStoreCost ENTITIES}.
   */
  public static void main(String[] args) throws Exception {
    int entities = Integer.parseInt(args[0]);
    System.out.printf(
        "%s, %d processors, load %.1f, %,d entities%n",
        Instant.now(),
        Runtime.getRuntime().availableProcessors(),
        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
        entities);
    for (String join : List.of("replicated", "repartition")) {
      Path directory = Files.createTempDirectory("store-cost");
      Path file = pipeline(directory.resolve("pipeline"), join.equals("repartition"));
      System.out.println("== " + join);
      try (RunningPipeline running = RunningPipeline.start(directory.resolve("platform"), file)) {
        new OnlineStoreCost(running, entities).measure(directory);
      }
    }
  }

  private static Path pipeline(Path directory, boolean repartition) throws IOException {
    Packaged.copy(Path.of("src/test/resources/store"), directory);
    Path file = directory.resolve("pipeline.yaml");
    String text = Files.readString(file);
    return Files.writeString(
        file, repartition ? text.replace("wait: 0s", "wait: 0s\n    join: repartition") : text);
  }

  private void measure(Path directory) throws Exception {
    // Without features, no event has a vector: all are scored with rows of the store.
    running.platform().child(Component.FLINK).stop();
    running.platform().child(Component.INFERENCE).stop();
    try (MeasuredInstance first = new MeasuredInstance(running, directory.resolve("first"));
        MeasuredInstance second = new MeasuredInstance(running, directory.resolve("second"))) {
      first.start();
      second.start();
      long start = System.nanoTime();
      long asOf = System.currentTimeMillis() - TimeUnit.HOURS.toMillis(1);
      long bytes = MerchantRows.write(running, entities, asOf);
      System.out.printf("rows: %,d MB%n", bytes >> 20);
      List<String> last = new ArrayList<>();
      for (int i = 1; i <= 40; i++) {
        last.add(MerchantRows.entity(entities - i));
      }
      first.awaitRows(last);
      System.out.printf(
          "all rows are written and in the stores after %.1f s%n",
          seconds(System.nanoTime() - start));
      latency();
      System.out.printf(
          "resident memory %,d MB and %,d MB%n",
          first.residentBytes() >> 20, second.residentBytes() >> 20);
      first.stop();
      second.stop();
      System.out.printf(
          "state directories %,d MB and %,d MB%n",
          first.diskBytes() >> 20, second.diskBytes() >> 20);
      LockSupport.parkNanos(MEMBERSHIP.toNanos());
      Restoration restoration = first.restore(last.get(0));
      System.out.printf(
          "restored by one instance in %.1f s: reads %s, progress %s%n",
          restoration.ready().toMillis() / 1e3, restoration.answers(), restoration.progress());
    }
  }

  private void latency() throws InterruptedException {
    AvroEncoder encoder =
        AvroEncoder.forTopic(
            running.registry(),
            running.pipeline().scored().topic(),
            running.pipeline().scored().schema());
    long start = System.nanoTime();
    for (int i = 0; i < EVENTS; i++) {
      LockSupport.parkNanos(start + i * TimeUnit.SECONDS.toNanos(1) / RATE - System.nanoTime());
      String card = "card-" + i % 1_000;
      GenericRecord payment = new GenericData.Record(running.pipeline().scored().schema());
      payment.put("payment_id", "p" + i);
      payment.put("card", card);
      payment.put("merchant", MerchantRows.entity((int) (i * 7_919L % entities)));
      payment.put("paid_at", System.currentTimeMillis());
      payment.put("amount", 1.0);
      running.sendLater(
          new ProducerRecord<>(
              running.pipeline().scored().topic(), card.getBytes(UTF_8), encoder.encode(payment)));
    }
    running.flush();
    running.awaitNothingLost();
    printLatency();
  }

  /** From publication to score, without the warm-up. */
  private void printLatency() {
    List<Long> millis = new ArrayList<>();
    Map<String, Integer> waits = new TreeMap<>();
    running.forEachPrediction(
        prediction -> {
          int number = Integer.parseInt(prediction.get("event_id").toString().substring(1));
          if (number >= WARM_UP) {
            millis.add((long) prediction.get("scored_at") - (long) prediction.get("published_at"));
            String wait = ((GenericRecord) prediction.get("vector")).get("wait").toString();
            waits.merge(wait, 1, Integer::sum);
          }
        });
    millis.sort(null);
    System.out.printf(
        "%,d events at %d a second %s: p50 %,d ms, p99 %,d ms%n",
        millis.size(),
        RATE,
        waits,
        millis.get(millis.size() / 2),
        millis.get(millis.size() * 99 / 100));
  }

  private static double seconds(long nanos) {
    return nanos / 1e9;
  }
}
