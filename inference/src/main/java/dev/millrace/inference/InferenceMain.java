package dev.millrace.inference;

import dev.millrace.inference.http.FeatureApi;
import dev.millrace.inference.metrics.InferenceMetrics;
import dev.millrace.inference.onnx.ModelException;
import dev.millrace.inference.onnx.ModelFile;
import dev.millrace.inference.onnx.OnnxModel;
import dev.millrace.inference.rows.EventTimes;
import dev.millrace.inference.scoring.ChampionModel;
import dev.millrace.inference.topology.Codecs;
import dev.millrace.inference.topology.InferenceSettings;
import dev.millrace.inference.topology.InferenceTopology;
import dev.millrace.inference.topology.TopologyInputs;
import dev.millrace.schemas.pipeline.Model;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.ProcessNames;
import dev.millrace.schemas.registry.Registry;
import dev.millrace.schemas.service.ServiceOptions;
import dev.millrace.schemas.service.http.HttpBinding;
import dev.millrace.schemas.service.http.HttpOptions;
import dev.millrace.schemas.streams.failure.ThreadReplacement;
import dev.millrace.schemas.streams.service.ServiceContext;
import dev.millrace.schemas.streams.service.StreamsCommand;
import dev.millrace.schemas.streams.setup.InstanceId;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs inference for one pipeline until the process is stopped. */
@Command(
    name = ProcessNames.INFERENCE,
    mixinStandardHelpOptions = true,
    description = "Scores events with their features and writes the predictions topic.")
public final class InferenceMain extends StreamsCommand {
  @Option(
      names = "--standby-replicas",
      paramLabel = "N",
      defaultValue = "${env:MILLRACE_STANDBY_REPLICAS:-0}",
      description =
          "Further instances that keep a copy of each store, so that one of them takes over at once"
              + " (default: ${DEFAULT-VALUE}).")
  private int standbyReplicas;

  @Mixin private final HttpOptions http = new HttpOptions();

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec command;

  private @Nullable HttpBinding binding;

  InferenceMain() {
    super(ProcessNames.INFERENCE);
  }

  /** Exits with 0 after a stop, 1 after a failure, 2 on wrong arguments. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new InferenceMain()).execute(args));
  }

  @Override
  protected void configure(Properties settings) throws IOException {
    if (standbyReplicas < 0) {
      throw wrong("--standby-replicas is %d, write 0 or more".formatted(standbyReplicas));
    }
    try {
      binding = http.binding();
    } catch (IllegalArgumentException e) {
      throw wrong(e.getMessage());
    }
    InferenceSettings.addTo(settings, standbyReplicas);
    InstanceId.configure(settings);
  }

  private ParameterException wrong(@Nullable String message) {
    return new ParameterException(command.commandLine(), String.valueOf(message));
  }

  @Override
  protected void checkTopics(Admin admin, Pipeline pipeline) {
    RequiredTopics.check(admin, pipeline);
  }

  @Override
  protected int run(ServiceContext start) throws InterruptedException {
    Model model = start.pipeline().model();
    try (OnnxModel champion = model == null ? null : load(model, model.path());
        OnnxModel shadow = model == null ? null : load(model, model.shadow())) {
      return run(start, Objects.requireNonNull(binding), champion, shadow);
    } catch (ModelException | IllegalStateException e) {
      System.err.println(e.getMessage());
      return CommandLine.ExitCode.SOFTWARE;
    }
  }

  /** Loads and warms up a model before Kafka Streams starts, so that a ready process is warm. */
  private static @Nullable OnnxModel load(Model model, @Nullable Path directory) {
    return directory == null
        ? null
        : OnnxModel.load(ModelFile.read(directory), model.inputs(), model.score());
  }

  private static int run(
      ServiceContext start,
      HttpBinding binding,
      @Nullable OnnxModel model,
      @Nullable OnnxModel shadow)
      throws InterruptedException {
    Pipeline pipeline = start.pipeline();
    InferenceMetrics metrics = new InferenceMetrics(pipeline, CollectorRegistry.defaultRegistry);
    if (model != null) {
      metrics.warmedUp(model.warmUpRejections());
    }
    ChampionModel champion =
        model == null || pipeline.model() == null
            ? null
            : new ChampionModel(
                pipeline.model().name(),
                model.version(),
                model::scorer,
                shadow == null ? null : new ChampionModel.Shadow(shadow.version(), shadow::scorer));
    Registry registry = start.options().registry();
    Codecs codecs =
        Codecs.register(
            pipeline, registry, registry.retrying(ServiceOptions.STARTUP_RETRY_TIMEOUT));
    EventTimes times = new EventTimes();
    Topology topology =
        InferenceTopology.build(new TopologyInputs(pipeline, champion, codecs, metrics, times));
    Properties settings = start.settings();
    String applicationId = settings.getProperty(StreamsConfig.APPLICATION_ID_CONFIG);
    try (FeatureApi api = new FeatureApi(pipeline, applicationId, binding, registry, times)) {
      settings.put(StreamsConfig.APPLICATION_SERVER_CONFIG, api.advertised());
      System.out.printf("features of %s: http://%s/features%n", pipeline.name(), api.advertised());
      // Failures are counted by their innermost cause.
      return start.run(
          topology,
          new ThreadReplacement(pipeline.name(), wrapper -> true, error -> metrics.threadDied()),
          api);
    }
  }
}
