package dev.millrace.deploy.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.deploy.audit.Ledger;
import dev.millrace.deploy.e2e.expected.DeadLateOrders;
import dev.millrace.deploy.e2e.expected.FeatureOracle;
import dev.millrace.deploy.e2e.expected.ServedFeatures;
import dev.millrace.deploy.e2e.expected.SkewAlert;
import dev.millrace.deploy.e2e.orders.Load;
import dev.millrace.deploy.e2e.orders.OrderStream;
import dev.millrace.deploy.e2e.orders.OrderWriter;
import dev.millrace.deploy.e2e.pipeline.Packaged;
import dev.millrace.deploy.e2e.pipeline.RunningPipeline;
import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.pipeline.Lookup;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.ProcessNames;
import dev.millrace.schemas.pipeline.file.PipelineFile;
import dev.millrace.schemas.registry.Registry;
import dev.millrace.schemas.topics.PipelineSchemas;
import dev.millrace.schemas.topics.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A pipeline whose views change under load, and back again: {@code millrace apply} backfills the
 * changed and the new ones while the old ones serve. Every served value is recomputed from the
 * definition that served it, over the events from before the change, too.
 */
class ViewEvolutionIT {
  private static final long SEED = Long.getLong("millrace.seed", 1);
  private static final int PER_SECOND = 60;

  /** The orders of a part of the load, which takes 5 s. */
  private static final int PART = 300;

  /**
   * Event time of a part. A customer has about 8 orders in it, and so fewer than 512 within the
   * lateness: beyond that, answers to orders out of order are not exact; see features/README.md.
   */
  private static final Duration SPAN = Duration.ofSeconds(30);

  private final long startMillis = System.currentTimeMillis() - TimeUnit.HOURS.toMillis(3);
  private final Path directory;
  private final Path platform;
  private int parts;

  ViewEvolutionIT(@TempDir Path directory) {
    this.directory = directory;
    this.platform = directory.resolve("platform");
  }

  @Test
  void viewsChangeUnderLoadWithoutAFalseValue() throws Exception {
    Path before = Path.of(ViewEvolutionIT.class.getResource("/evolution/before.yaml").toURI());
    Path after = before.resolveSibling("after.yaml");
    try (RunningPipeline running = RunningPipeline.start(platform, before)) {
      DeadLateOrders dead = new DeadLateOrders(running);
      SkewAlert alert = new SkewAlert(running, "customer.count_20s");
      alert.fire();
      sendWhile(running, dead, () -> parts < 2);
      change(running, dead, "apply", after.toString());
      alert.checkResolved();
      String printed = change(running, dead, "apply", before.toString(), "--delete-retired");
      checkDeleted(printed, PipelineFile.load(after), running.pipeline());
      change(running, dead, "apply", after.toString());
      CompletableFuture<Void> refused = CompletableFuture.runAsync(() -> checkRefusal(after));
      int until = parts + 2;
      sendWhile(running, dead, () -> parts < until);
      refused.join();
      dead.awaitDeadLettersAndDelete();

      Ledger.Audit audit = running.awaitNothingLost();
      System.out.println(audit);
      assertThat(audit.kept()).as("%s", audit).isTrue();
      assertThat(audit.duplicatePredictions()).isZero();
      check(running, PipelineFile.load(after));
      assertThat(running.platform().unexpectedExit()).isNotDone();

      // Nothing is left to do.
      Packaged.runIn(platform, "plan", after.toString(), "--detailed-exitcode");
    }
  }

  /** Applies a file while orders are sent, and returns what the command has printed. */
  private String change(RunningPipeline running, DeadLateOrders dead, String... arguments)
      throws InterruptedException {
    CompletableFuture<String> apply = CompletableFuture.supplyAsync(() -> run(0, arguments));
    sendWhile(running, dead, () -> !apply.isDone());
    return apply.join();
  }

  private String run(int exit, String... arguments) {
    try {
      return Packaged.runIn(platform, exit, arguments);
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Neither topics nor checkpoints of a generation that was deleted are left. */
  private void checkDeleted(String printed, Pipeline deleted, Pipeline serving) {
    Path state = platform.resolve("flink/features");
    assertThat(printed)
        .containsPattern("Deleted: .*" + Topics.vectors(deleted))
        .contains("Deleted: " + state.resolve(ProcessNames.featuresJob(deleted)));
    assertThat(state.resolve(ProcessNames.featuresJob(deleted))).doesNotExist();
    assertThat(state.resolve(ProcessNames.featuresJob(serving))).exists();
  }

  /** A file that cannot be applied changes nothing. */
  private void checkRefusal(Path serving) {
    try {
      Path schema = serving.resolveSibling("../e2e/order.avsc");
      Files.copy(schema, Files.createDirectory(directory.resolve("e2e")).resolve("order.avsc"));
      Path file = Files.createDirectory(directory.resolve("evolution")).resolve("other.yaml");
      String yaml = Files.readString(serving);
      Files.writeString(file, yaml.replace("score: orders", "partitions: 3\nscore: orders"));
      assertThat(run(1, "apply", file.toString()))
          .contains("Not possible:", "partitions cannot change");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends orders at a steady rate, part after part, as long as a condition holds. */
  private void sendWhile(RunningPipeline running, DeadLateOrders dead, BooleanSupplier condition)
      throws InterruptedException {
    Pipeline pipeline = running.pipeline();
    OrderWriter writer =
        new OrderWriter(running.registry(), pipeline.scored().topic(), pipeline.scored().schema());
    while (condition.getAsBoolean()) {
      dead.send();
      long fromMillis = startMillis + parts * SPAN.toMillis();
      Load.start(
              running,
              writer,
              OrderStream.of("order-" + parts + "-", SEED + parts, PART, fromMillis, SPAN),
              PER_SECOND)
          .awaitEnd();
      parts++;
    }
  }

  /** Checks each prediction by the definition with which it was written. */
  private static void check(RunningPipeline running, Pipeline after) {
    List<FeatureOracle.Event> events = events(running);
    String topic = Topics.predictions(after);
    Map<Schema, Definition> definitions = new LinkedHashMap<>();
    for (Pipeline pipeline : List.of(running.pipeline(), after)) {
      Schema schema = PipelineSchemas.prediction(pipeline);
      definitions.put(schema, new Definition(pipeline, running.decoder(topic, schema), events));
    }
    Map<Integer, Schema> written = new HashMap<>();
    for (ConsumerRecord<byte[], byte[]> record : running.read(topic)) {
      int id = ByteBuffer.wrap(record.value()).getInt(1);
      Schema schema = written.computeIfAbsent(id, unknown -> schema(running, id));
      Definition definition = definitions.get(schema);
      assertThat(definition).as("the definition of schema %d: %s", id, schema).isNotNull();
      definition.check(RunningPipeline.decode(definition.decoder, record));
    }
    for (Definition definition : definitions.values()) {
      System.out.printf(
          "%,d predictions, %,d served values equal their recomputation%n",
          definition.predictions, definition.compared());
      assertThat(definition.predictions).isGreaterThan(PART);
    }
  }

  private static Schema schema(RunningPipeline running, int id) {
    if (running.registry().lookup(id) instanceof Registry.Lookup.Found found) {
      return new Schema.Parser().parse(found.schema());
    }
    throw new AssertionError("schema " + id + " is not registered");
  }

  /** The clean events, those of a customer in the order of their partition. */
  private static List<FeatureOracle.Event> events(RunningPipeline running) {
    String clean = Topics.clean(running.pipeline(), running.pipeline().score());
    AvroDecoder decoder = running.decoder(clean, running.pipeline().scored().schema());
    List<FeatureOracle.Event> events = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : running.read(clean)) {
      events.add(
          FeatureOracle.Event.of(
              RunningPipeline.decode(decoder, record), running.pipeline().scored()));
    }
    return events;
  }

  /** A definition of the pipeline, and what its features must be. */
  private static final class Definition {
    private final AvroDecoder decoder;
    private final List<ServedFeatures> ofCustomers = new ArrayList<>();
    private final List<ServedFeatures> ofStores = new ArrayList<>();
    private int predictions;

    private Definition(Pipeline pipeline, AvroDecoder decoder, List<FeatureOracle.Event> events) {
      this.decoder = decoder;
      for (Lookup lookup : pipeline.lookups().values()) {
        FeatureOracle oracle = new FeatureOracle(lookup.view());
        events.forEach(oracle::add);
        (lookup.name().equals("store") ? ofStores : ofCustomers)
            .add(new ServedFeatures(pipeline, lookup, oracle));
      }
    }

    private void check(GenericRecord prediction) {
      predictions++;
      GenericRecord vector = (GenericRecord) prediction.get("vector");
      assertThat(vector.get("wait"))
          .as("wait of %s", prediction.get("event_id"))
          .hasToString("ARRIVED");
      ofCustomers.forEach(served -> served.checkOwn(prediction, true));
      GenericRecord inputs = (GenericRecord) prediction.get("inputs");
      String store = ((GenericRecord) inputs.get("store_id")).get("value").toString();
      ofStores.forEach(served -> served.check(prediction, store, true));
    }

    private int compared() {
      return ofCustomers.stream().mapToInt(ServedFeatures::compared).sum();
    }
  }
}
