package dev.millrace.deploy.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.deploy.e2e.pipeline.Await;
import dev.millrace.deploy.e2e.pipeline.Packaged;
import dev.millrace.deploy.e2e.pipeline.RunningIngest;
import dev.millrace.deploy.e2e.pipeline.RunningIngest.Output;
import dev.millrace.deploy.generation.PipelineTopics;
import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.codec.AvroEncoder;
import dev.millrace.schemas.codec.Decoded;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.pipeline.file.PipelineFile;
import dev.millrace.schemas.topics.Topics;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The examples for producers in the README of {@code ingest/producer}, run for real. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // JUnit calls start first.
class ProducersIT {
  /** A Python with Confluent's client of PyPI: {@code confluent-kafka[avro,schemaregistry]}. */
  private static final String PYTHON = System.getProperty("millrace.python", "python3");

  private static final int EVENTS = 20;

  private Path directory;
  private RunningIngest ingest;
  private Path file;
  private Pipeline pipeline;
  private Source source;

  @BeforeAll
  void start(@TempDir Path temporary) throws Exception {
    directory = temporary;
    Path resources = Path.of(ProducersIT.class.getResource("/returns").toURI());
    file = Packaged.copy(resources, directory.resolve("pipeline")).resolve("pipeline.yaml");
    pipeline = PipelineFile.load(file);
    source = pipeline.source("returns");
    ingest = new RunningIngest(directory);
    ingest.start(file);
  }

  @AfterAll
  void stop() {
    if (ingest != null) {
      ingest.close();
    }
  }

  @Test
  void theExampleOfTheReadmePublishesAnEvent() throws Exception {
    Path payments = Packaged.DISTRIBUTION.examples().resolve("payments/pipeline.yaml");
    Pipeline shipped = PipelineFile.load(payments);
    PipelineTopics.create(ingest.cluster(), shipped);
    Path classes = Files.createDirectories(directory.resolve("classes"));
    compile(example(), classes);
    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {classes.toUri().toURL()}, getClass().getClassLoader())) {
      String[] arguments = {
        ingest.cluster().bootstrapServers(), ingest.cluster().registryUrl(), payments.toString()
      };
      loader
          .loadClass("PublishChargeback")
          .getMethod("main", String[].class)
          .invoke(null, (Object) arguments);
    }
    Source chargebacks = shipped.source("chargebacks");
    ConsumerRecord<byte[], byte[]> sent = ingest.await(chargebacks.topic(), 1).get(0);
    assertThat(sent.key()).asString().isEqualTo("c-1");
    assertThat(sent.headers().lastHeader("millrace.producer").value())
        .asString()
        .isEqualTo("bank-desk");
    assertThat(
            new AvroDecoder(ingest.registry(), chargebacks.topic(), chargebacks.schema())
                .decode(sent.value()))
        .isInstanceOfSatisfying(
            Decoded.Value.class,
            value -> assertThat(value.record().get("payment_id")).hasToString("p-1"));
  }

  private static String example() throws IOException {
    String readme = Files.readString(Packaged.repository().resolve("ingest/producer/README.md"));
    int start = readme.indexOf("```java\n") + "```java\n".length();
    return readme.substring(start, readme.indexOf("```", start));
  }

  private static void compile(String text, Path classes) {
    JavaFileObject unit =
        new SimpleJavaFileObject(
            URI.create("string:///PublishChargeback.java"), JavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
          }
        };
    DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
    String classpath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    boolean compiled =
        ToolProvider.getSystemJavaCompiler()
            .getTask(
                null,
                null,
                problems,
                List.of("-proc:none", "-classpath", classpath, "-d", classes.toString()),
                null,
                List.of(unit))
            .call();
    assertThat(compiled).as("%s", problems.getDiagnostics()).isTrue();
  }

  @Test
  void confluentsPythonClientPublishesToThePartitionsOfTheKeys() throws Exception {
    assumeTrue(
        succeeds(PYTHON, "-c", "import confluent_kafka.schema_registry.avro, fastavro"),
        "no confluent-kafka[avro,schemaregistry] for " + PYTHON);
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < EVENTS; i++) {
      lines.add(
          "{\"return_id\": \"py%d\", \"customer_id\": \"c%d\", \"amount\": 2.5, \"returned_at\": %d}"
              .formatted(i, i, System.currentTimeMillis()));
    }
    Path input = Files.write(directory.resolve("returns.jsonl"), lines);
    Output output =
        ingest.run(
            List.of(
                "sh",
                "-c",
                "exec \"$0\" \"$@\" < " + input,
                PYTHON,
                Packaged.DISTRIBUTION.home().resolve("examples/publish.py").toString(),
                ingest.cluster().bootstrapServers(),
                ingest.cluster().registryUrl(),
                source.topic(),
                source.key()));
    assertThat(output.exitCode()).as("%s", output).isZero();
    assertClean("publish.py", EVENTS);
  }

  @Test
  void kcatPublishesAnEncodedValue() throws Exception {
    assumeTrue(succeeds("kcat", "-V"), "no kcat");
    GenericRecord event = new GenericData.Record(source.schema());
    event.put("return_id", "kcat");
    event.put("customer_id", "c7");
    event.put("amount", 1.0);
    event.put("returned_at", System.currentTimeMillis());
    byte[] value =
        AvroEncoder.forTopic(ingest.registry(), source.topic(), source.schema()).encode(event);
    Path encoded = Files.write(directory.resolve("value.bin"), value);
    Output output =
        ingest.run(
            List.of(
                "kcat",
                "-P",
                "-b",
                ingest.cluster().bootstrapServers(),
                "-t",
                source.topic(),
                "-k",
                "c7",
                "-H",
                "millrace.producer=kcat",
                "-X",
                "enable.idempotence=true",
                "-X",
                "partitioner=murmur2_random",
                encoded.toString()));
    assertThat(output.exitCode()).as("%s", output).isZero();
    assertClean("kcat", 1);
  }

  /** Checks that ingest accepted the events of a producer, each on the partition it was sent to. */
  private void assertClean(String producer, int count) {
    String clean = Topics.clean(pipeline, source.name());
    Await.condition(
        "%d events of %s".formatted(count, producer),
        RunningIngest.TIMEOUT,
        () -> partitions(clean, producer).size() == count);
    assertThat(partitions(source.topic(), producer)).isEqualTo(partitions(clean, producer));
  }

  private Map<String, Integer> partitions(String topic, String producer) {
    Map<String, Integer> partitions = new HashMap<>();
    for (ConsumerRecord<byte[], byte[]> record : ingest.read(topic)) {
      var header = record.headers().lastHeader("millrace.producer");
      if (header != null && new String(header.value(), UTF_8).equals(producer)) {
        partitions.put(new String(record.key(), UTF_8), record.partition());
      }
    }
    return partitions;
  }

  private static boolean succeeds(String... command) throws InterruptedException {
    try {
      return new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
