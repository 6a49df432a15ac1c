package dev.millrace.deploy.retrain;

import dev.millrace.schemas.avro.RetrainingTrigger;
import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.ProcessNames;
import dev.millrace.schemas.pipeline.TriggerCall;
import dev.millrace.schemas.pipeline.file.PipelineException;
import dev.millrace.schemas.service.OpsOptions;
import dev.millrace.schemas.service.OpsServer;
import dev.millrace.schemas.service.ServiceOptions;
import dev.millrace.schemas.topics.Topics;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.exporter.common.TextFormat;
import io.prometheus.client.hotspot.DefaultExports;
import java.io.IOException;
import java.io.Writer;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;

/** Makes the HTTP call of each retraining trigger of one pipeline until the process is stopped. */
@Command(
    name = ProcessNames.RETRAIN,
    mixinStandardHelpOptions = true,
    description = "Calls a webhook or starts a run of an Airflow DAG for each retraining trigger.")
public final class RetrainMain implements Callable<Integer> {
  /** Less than the time after which the platform kills a process. */
  private static final Duration SHUTDOWN_LIMIT = Duration.ofSeconds(12);

  /** Few: those that wait while a call is repeated are in memory. */
  private static final int RECORDS_PER_POLL = 10;

  private static final int WRITE_TIMEOUT_MILLIS = 60_000;

  @Mixin private final ServiceOptions options = new ServiceOptions();
  @Mixin private final OpsOptions opsOptions = new OpsOptions();

  private final CountDownLatch stopping = new CountDownLatch(1);
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final CallStatus status = new CallStatus();

  private RetrainMain() {}

  /** Exits with 0 after a stop, 1 after a failure, 2 on wrong arguments or a wrong pipeline. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new RetrainMain()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    try {
      Pipeline pipeline = options.pipeline();
      Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "retrain-stop"));
      TriggerCall call = pipeline.retrain() == null ? null : pipeline.retrain().call();
      if (call == null) {
        idle(pipeline);
      } else {
        Receiver receiver =
            Receivers.of(
                call, new Secrets(System.getenv()), new HttpCaller(InstantSource.system()));
        run(pipeline, call, receiver);
      }
      return ExitCode.OK;
    } catch (PipelineException e) {
      System.err.println(e.getMessage());
      return ExitCode.USAGE;
    } catch (SecretException | KafkaException e) {
      System.err.println("retrain: " + e.getMessage());
      return ExitCode.SOFTWARE;
    } finally {
      stopped.countDown();
    }
  }

  /** A definition whose call was removed while the service ran. */
  private void idle(Pipeline pipeline) throws InterruptedException {
    System.out.printf("retrain of %s: no retrain.call, nothing is called%n", pipeline.name());
    status.markJoined();
    try (OpsServer ops = ops()) {
      announce(pipeline, ops);
      stopping.await();
    }
  }

  private void run(Pipeline pipeline, TriggerCall call, Receiver receiver)
      throws IOException, InterruptedException {
    DefaultExports.initialize();
    String topic = Topics.retrainingTriggers(pipeline);
    Properties client = options.clientProperties();
    try (KafkaConsumer<byte[], byte[]> consumer = consumer(pipeline, client);
        KafkaProducer<byte[], byte[]> producer = producer(client);
        OpsServer ops = ops()) {
      requireTopic(consumer, topic);
      AvroDecoder decoder =
          new AvroDecoder(options.registry(), topic, RetrainingTrigger.getClassSchema());
      InstantSource clock = InstantSource.system();
      TriggerCaller caller =
          new TriggerCaller(
              consumer,
              new TriggerCaller.Parts(
                  decoder,
                  receiver,
                  new RefusedTriggers(producer, Topics.deadLetters(pipeline)),
                  new RetrainMetrics(pipeline.name(), CollectorRegistry.defaultRegistry, clock),
                  status,
                  new Backoff(new SecureRandom()),
                  call.maxAge()),
              clock);
      caller.subscribe(topic);
      announce(pipeline, ops);
      while (stopping.getCount() > 0) {
        caller.step();
      }
    }
  }

  private OpsServer ops() {
    return new OpsServer(
        opsOptions.address(), () -> "", status::ready, status::note, RetrainMain::metrics);
  }

  private static void announce(Pipeline pipeline, OpsServer ops) {
    System.out.printf(
        "retrain of %s: http://localhost:%d/health/ready%n", pipeline.name(), ops.port());
  }

  /** Without its topic the consumer would wait in silence. */
  private static void requireTopic(KafkaConsumer<byte[], byte[]> consumer, String topic) {
    if (consumer.partitionsFor(topic).isEmpty()) {
      throw new KafkaException(
          "topic %s does not exist; millrace up and millrace apply create the topics of a pipeline"
              .formatted(topic));
    }
  }

  /** The offsets are committed by {@link TriggerCaller} alone, whatever the user's file says. */
  private static KafkaConsumer<byte[], byte[]> consumer(Pipeline pipeline, Properties client) {
    Properties settings = new Properties();
    settings.putAll(client);
    settings.put(
        ConsumerConfig.GROUP_ID_CONFIG, ProcessNames.application(ProcessNames.RETRAIN, pipeline));
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, RECORDS_PER_POLL);
    return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  private static KafkaProducer<byte[], byte[]> producer(Properties client) {
    Properties settings = new Properties();
    settings.putAll(client);
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, WRITE_TIMEOUT_MILLIS);
    return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /** A call that is under way is finished if it is answered in time, else repeated at a start. */
  private void stop() {
    stopping.countDown();
    try {
      stopped.await(SHUTDOWN_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void metrics(Writer out) throws IOException {
    TextFormat.write004(out, CollectorRegistry.defaultRegistry.metricFamilySamples());
  }
}
