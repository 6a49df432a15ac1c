package dev.millrace.inference;

import dev.millrace.inference.onnx.ModelException;
import dev.millrace.inference.onnx.ModelFile;
import dev.millrace.inference.onnx.OnnxModel;
import dev.millrace.schemas.pipeline.Model;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.file.PipelineException;
import dev.millrace.schemas.registry.Registry;
import dev.millrace.schemas.service.ServiceOptions;
import dev.millrace.schemas.streams.StreamsOptions;
import dev.millrace.schemas.streams.StreamsService;
import dev.millrace.schemas.streams.ThreadReplacement;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Properties;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs inference for one pipeline until it is told to stop. */
@Command(
    name = "inference",
    mixinStandardHelpOptions = true,
    description = "Scores events with their features and writes the predictions topic.")
public final class InferenceMain implements Callable<Integer> {
  @Mixin private final ServiceOptions options = new ServiceOptions();
  @Mixin private final StreamsOptions streams = new StreamsOptions();

  @Option(
      names = "--state-dir",
      defaultValue = "${env:MILLRACE_STATE_DIR:-${sys:java.io.tmpdir}/millrace}",
      description = "Where state is kept between runs (default: ${DEFAULT-VALUE}).")
  @SuppressWarnings("NullAway.Init")
  private Path stateDir;

  /** Exits with 0 after a stop, 1 after a failure, 2 on wrong arguments. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new InferenceMain()).execute(args));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Pipeline pipeline;
    try {
      pipeline = options.pipeline();
    } catch (PipelineException e) {
      System.err.println(e.getMessage());
      return CommandLine.ExitCode.USAGE;
    }
    Properties client = options.clientProperties();
    Properties settings =
        StreamsSettings.of(pipeline, options.bootstrapServers(), stateDir, streams.threads());
    settings.put(
        StreamsConfig.consumerPrefix(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG),
        InstanceId.of(stateDir, StreamsSettings.applicationId(pipeline)));
    settings.putAll(client);
    try (Admin admin = Admin.create(client);
        OnnxModel model = load(pipeline)) {
      Preflight.check(admin, pipeline);
      return run(pipeline, model, settings);
    } catch (ModelException | IllegalStateException e) {
      System.err.println(e.getMessage());
      return CommandLine.ExitCode.SOFTWARE;
    }
  }

  /** Before anything else starts, so that a process that is ready has its model warm. */
  private static @Nullable OnnxModel load(Pipeline pipeline) {
    Model model = pipeline.model();
    return model == null || model.path() == null
        ? null
        : OnnxModel.load(ModelFile.read(model.path()), model.inputs(), model.score());
  }

  private int run(Pipeline pipeline, @Nullable OnnxModel model, Properties settings)
      throws InterruptedException {
    InferenceMetrics metrics = new InferenceMetrics(pipeline, CollectorRegistry.defaultRegistry);
    if (model != null) {
      metrics.warmedUp(model.warmUpRejections());
    }
    Topology topology = InferenceTopology.build(plan(pipeline, model, metrics));
    // What a thread died of is told by the innermost cause.
    ThreadReplacement replacement = new ThreadReplacement(wrapper -> true, metrics::threadDied);
    return new StreamsService(
            "inference", pipeline, topology, settings, replacement, streams.opsPort())
        .run();
  }

  private ScoringPlan plan(Pipeline pipeline, @Nullable OnnxModel model, InferenceMetrics metrics) {
    Registry known = options.registry();
    Champion champion =
        model == null || pipeline.model() == null
            ? null
            : new Champion(pipeline.model().name(), model.version(), model::scorer);
    int schemaId =
        ScoringPlan.register(pipeline, known.retrying(ServiceOptions.STARTUP_RETRY_TIMEOUT));
    return new ScoringPlan(pipeline, ViewPlan.of(pipeline), champion, known, schemaId, metrics);
  }
}
