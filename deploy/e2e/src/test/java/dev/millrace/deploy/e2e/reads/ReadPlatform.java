package dev.millrace.deploy.e2e.reads;

import dev.millrace.deploy.e2e.pipeline.Await;
import dev.millrace.deploy.e2e.pipeline.FeatureClient;
import dev.millrace.deploy.e2e.pipeline.FeatureClient.Answer;
import dev.millrace.deploy.e2e.pipeline.InferenceInstance;
import dev.millrace.deploy.e2e.pipeline.Packaged;
import dev.millrace.deploy.e2e.pipeline.RunningPipeline;
import dev.millrace.deploy.platform.Component;
import dev.millrace.deploy.process.ChildProcess;
import dev.millrace.schemas.pipeline.FeatureView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * The pipeline of payments in {@code reads}, with two instances of inference, each with a copy of
 * the other's stores.
 */
public final class ReadPlatform implements AutoCloseable {
  private final RunningPipeline running;
  private final PaymentStream payments;
  private final List<ChildProcess> instances = new ArrayList<>();
  private final List<FeatureClient> clients = new ArrayList<>();

  /**
   * Starts everything.
   *
   * @param step the unit of the pipeline's windows, which are 12 and 6 steps long; its lateness and
   *     the time between two payments of a card
   */
  public ReadPlatform(Path dir, Duration step) throws IOException, InterruptedException {
    running = RunningPipeline.start(dir.resolve("platform"), pipeline(dir, step));
    running.platform().child(Component.INFERENCE).stop();
    for (String name : List.of("first", "second")) {
      int port = InferenceInstance.freePort();
      instances.add(
          InferenceInstance.of(
              running, dir.resolve(name), "--http-port=" + port, "--standby-replicas=1"));
      clients.add(new FeatureClient(port));
    }
    instances.forEach(ChildProcess::start);
    for (ChildProcess instance : instances) {
      instance.awaitReady();
    }
    payments = new PaymentStream(running, step);
  }

  private static Path pipeline(Path dir, Duration step) throws IOException {
    Path file =
        Packaged.copy(Path.of("src/test/resources/reads"), dir.resolve("reads"))
            .resolve("pipeline.yaml");
    String text = Files.readString(file);
    return Files.writeString(
        file,
        Pattern.compile("\\b(12|6|1)s\\b")
            .matcher(text)
            .replaceAll(
                seconds -> step.multipliedBy(Long.parseLong(seconds.group(1))).toSeconds() + "s"));
  }

  public PaymentStream payments() {
    return payments;
  }

  /** The two instances. */
  public List<ChildProcess> instances() {
    return instances;
  }

  /** A client of each instance. */
  public List<FeatureClient> clients() {
    return clients;
  }

  /** The name of a view's first feature, the number of payments. */
  public String count(String view) {
    return view(view).features().get(0).name();
  }

  private FeatureView view(String name) {
    return Objects.requireNonNull(running.pipeline().features().get(name));
  }

  /** Waits until the answers of both instances are those of a recomputation as of now. */
  public void awaitCurrent(String view, List<List<String>> keys) {
    for (FeatureClient client : clients) {
      for (List<String> key : keys) {
        Await.condition(
            view + " " + key,
            RunningPipeline.TIMEOUT,
            () -> {
              Answer answer = client.get(view, key, false);
              return answer.status() == 200
                  && payments.isCurrent(
                      view, answer.body(), view(view).entity().of(key), payments.timeMillis());
            });
      }
    }
  }

  @Override
  public void close() {
    instances.forEach(ChildProcess::close);
    running.close();
  }
}
