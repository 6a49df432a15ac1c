package dev.millrace.deploy.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.deploy.kubernetes.Manifests.Manifest;
import dev.millrace.schemas.pipeline.ProcessNames;
import dev.millrace.schemas.topics.Topics;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the manifests name exists: pods of selectors, ports, volumes, files, topics, groups. */
class WiringTest {
  private static final Pattern HEAP = Pattern.compile("-Xmx(\\d+)m");

  /** Made by Strimzi, or by the operator of the cluster before the first start: see README. */
  private static final Set<String> OUTSIDE_SECRETS =
      Set.of("kafka-cluster-ca-cert", "inference-http");

  static List<Manifest> pods() {
    return Manifests.podTemplates();
  }

  @Test
  void everySelectorSelectsPods() {
    List<Map<String, String>> pods = new ArrayList<>();
    pods().forEach(pod -> pods.add(strings(Manifests.template(pod).at("/metadata/labels"))));
    for (Manifest document : Manifests.base()) {
      for (String path :
          List.of(
              "/spec/selector/matchLabels", "/spec/selector", "/spec/podSelector/matchLabels")) {
        JsonNode selector = document.content().at(path);
        if (selector.isObject()
            && !selector.has("matchLabels")
            && !selector.has("matchExpressions")) {
          assertThat(pods)
              .as("%s %s", document, path)
              .anySatisfy(labels -> assertThat(labels).containsAllEntriesOf(strings(selector)));
        }
      }
    }
  }

  /** Each pod belongs to one controller alone, so that no controller adopts another's pods. */
  @ParameterizedTest
  @MethodSource("pods")
  void aControllerSelectsItsOwnPodsAlone(Manifest controller) {
    JsonNode selector = controller.content().at("/spec/selector/matchLabels");
    if (selector.isObject()) {
      assertThat(pods())
          .filteredOn(
              pod ->
                  strings(Manifests.template(pod).at("/metadata/labels"))
                      .entrySet()
                      .containsAll(strings(selector).entrySet()))
          .containsExactly(controller);
    }
  }

  @ParameterizedTest
  @MethodSource("pods")
  void volumesAndWhatTheyNameExist(Manifest pod) {
    JsonNode spec = Manifests.template(pod).path("spec");
    Set<String> volumes = new TreeSet<>(spec.path("volumes").findValuesAsText("name"));
    pod.content()
        .at("/spec/volumeClaimTemplates")
        .forEach(claim -> volumes.add(claim.at("/metadata/name").asText()));
    spec.at("/containers/0/volumeMounts")
        .forEach(mount -> assertThat(volumes).contains(mount.path("name").asText()));
    for (JsonNode volume : spec.path("volumes")) {
      String secret = volume.at("/secret/secretName").asText();
      assertThat(secret.isEmpty() || OUTSIDE_SECRETS.contains(secret) || isUser(secret))
          .as(secret)
          .isTrue();
      String config = volume.at("/configMap/name").asText();
      assertThat(config).isIn("", "pipeline", "kafka-client");
      String claim = volume.at("/persistentVolumeClaim/claimName").asText();
      assertThat(claim).isIn("", "flink-state");
    }
  }

  /** The volume of the pipeline has the files where the pipeline file looks for them. */
  @ParameterizedTest
  @MethodSource("pods")
  void thePipelineFolderIsComplete(Manifest pod) {
    Map<String, String> files = new HashMap<>();
    Manifests.read(Manifests.PIPELINE_FOLDER.resolve("kustomization.yaml"))
        .get(0)
        .at("/configMapGenerator/0/files")
        .forEach(
            entry -> {
              String text = entry.asText();
              int equals = text.indexOf('=');
              files.put(equals < 0 ? text : text.substring(0, equals), text.substring(equals + 1));
            });
    assertThat(files.values())
        .contains("pipeline.yaml")
        .allSatisfy(file -> assertThat(Manifests.PIPELINE_FOLDER.resolve(file)).isRegularFile());
    for (JsonNode volume : Manifests.template(pod).at("/spec/volumes")) {
      if (volume.path("name").asText().equals("pipeline")) {
        Map<String, String> mounted = new HashMap<>();
        volume
            .at("/configMap/items")
            .forEach(item -> mounted.put(item.path("key").asText(), item.path("path").asText()));
        assertThat(mounted).isEqualTo(files);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("pods")
  void probesAndArgumentsUseThePortsOfTheContainer(Manifest pod) {
    JsonNode container = Manifests.template(pod).at("/spec/containers/0");
    Map<String, Integer> ports = ports(container);
    for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
      JsonNode get = container.path(probe).path("httpGet");
      if (!get.isMissingNode()) {
        assertThat(ports).containsKey(get.path("port").asText());
        assertThat(get.path("path").asText()).isIn("/health/live", "/health/ready");
      }
    }
    for (JsonNode argument : container.path("args")) {
      if (argument.asText().startsWith("--ops-port=")) {
        assertThat(argument.asText()).isEqualTo("--ops-port=" + ports.get("ops"));
        assertThat(container.path("args").toString()).contains("\"--ops-host=0.0.0.0\"");
        assertThat(container.has("livenessProbe") && container.has("readinessProbe")).isTrue();
      }
      if (argument.asText().startsWith("--http-port=")) {
        assertThat(argument.asText()).isEqualTo("--http-port=" + ports.get("features"));
      }
    }
  }

  @Test
  void portsOfServicesMonitorsAndPoliciesExist() {
    Set<String> names = new TreeSet<>();
    pods()
        .forEach(
            pod -> names.addAll(ports(Manifests.template(pod).at("/spec/containers/0")).keySet()));
    for (Manifest document : Manifests.base()) {
      document
          .content()
          .findValues("targetPort")
          .forEach(port -> assertThat(names).contains(port.asText()));
      document
          .content()
          .path("spec")
          .path("podMetricsEndpoints")
          .forEach(endpoint -> assertThat(names).contains(endpoint.path("port").asText()));
      if (document.kind().equals("NetworkPolicy")) {
        for (JsonNode port : document.content().findValues("port")) {
          assertThat(port.isInt() || names.contains(port.asText())).as("%s", port).isTrue();
        }
      }
    }
  }

  /** The pods of the restricted profile of Kubernetes' pod security, and no token of its API. */
  @ParameterizedTest
  @MethodSource("pods")
  void podsHaveNoPrivileges(Manifest pod) {
    JsonNode spec = Manifests.template(pod).path("spec");
    JsonNode container = spec.at("/containers/0/securityContext");
    assertThat(spec.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
    assertThat(spec.at("/securityContext/runAsUser").asInt()).isPositive();
    assertThat(spec.at("/securityContext/seccompProfile/type").asText())
        .isEqualTo("RuntimeDefault");
    assertThat(container.path("allowPrivilegeEscalation").asBoolean(true)).isFalse();
    assertThat(container.at("/capabilities/drop/0").asText()).isEqualTo("ALL");
    if (!pod.kind().equals("FlinkDeployment")) {
      assertThat(container.path("readOnlyRootFilesystem").asBoolean()).isTrue();
      assertThat(spec.path("automountServiceAccountToken").asBoolean(true)).isFalse();
    }
  }

  /** Beside the heap, the memory holds metaspace, threads, buffers, RocksDB and the model. */
  @ParameterizedTest
  @MethodSource("pods")
  void theHeapLeavesHalfOfTheMemory(Manifest pod) {
    JsonNode container = Manifests.template(pod).at("/spec/containers/0");
    for (JsonNode variable : container.path("env")) {
      Matcher heap = HEAP.matcher(variable.path("value").asText());
      if (heap.find()) {
        String limit = container.at("/resources/limits/memory").asText();
        assertThat(limit)
            .endsWith("Mi")
            .isEqualTo(container.at("/resources/requests/memory").asText());
        assertThat(2 * Integer.parseInt(heap.group(1)))
            .isLessThanOrEqualTo(Integer.parseInt(limit.replace("Mi", "")));
      }
    }
  }

  @Test
  void thereAreNoMoreInstancesThanPartitions() {
    var pipeline = Manifests.pipeline();
    Map<String, String> topics =
        Map.of(
            "inference", Topics.clean(pipeline, pipeline.score()),
            "ingest", Objects.requireNonNull(pipeline.sources().get(pipeline.score())).topic());
    assertThat(Manifests.base("ScaledObject")).hasSize(topics.size());
    for (Manifest scaled : Manifests.base("ScaledObject")) {
      String service = scaled.content().at("/spec/scaleTargetRef/name").asText();
      JsonNode trigger = scaled.content().at("/spec/triggers/0/metadata");
      assertThat(scaled.content().at("/spec/maxReplicaCount").asInt())
          .isEqualTo(pipeline.partitions());
      assertThat(trigger.path("topic").asText()).isEqualTo(topics.get(service));
      assertThat(trigger.path("consumerGroup").asText())
          .isEqualTo(ProcessNames.application(service, pipeline));
    }
  }

  @Test
  void mainClassesExist() {
    for (Manifest pod : pods()) {
      JsonNode command = Manifests.template(pod).at("/spec/containers/0/command");
      String main =
          pod.kind().equals("FlinkDeployment")
              ? pod.content().at("/spec/job/entryClass").asText()
              : command.path(command.size() - 1).asText();
      if (main.startsWith("dev.millrace.")) {
        String file = "src/main/java/" + main.replace('.', '/') + ".java";
        assertThat(List.of("ingest", "features", "inference", "drift", "deploy"))
            .as(main)
            .anySatisfy(
                module ->
                    assertThat(
                            Files.exists(Manifests.BASE.resolve("../../../" + module + "/" + file)))
                        .isTrue());
      }
    }
  }

  private static boolean isUser(String name) {
    return Manifests.base("KafkaUser").stream().anyMatch(user -> user.name().equals(name));
  }

  private static Map<String, Integer> ports(JsonNode container) {
    Map<String, Integer> ports = new HashMap<>();
    container
        .path("ports")
        .forEach(port -> ports.put(port.path("name").asText(), port.path("containerPort").asInt()));
    return ports;
  }

  private static Map<String, String> strings(JsonNode object) {
    Map<String, String> strings = new HashMap<>();
    object.properties().forEach(entry -> strings.put(entry.getKey(), entry.getValue().asText()));
    return strings;
  }
}
