package dev.millrace.deploy.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.deploy.kubernetes.Manifests.Manifest;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.openshift.api.model.monitoring.v1.PodMonitor;
import io.strimzi.api.kafka.model.kafka.Kafka;
import io.strimzi.api.kafka.model.nodepool.KafkaNodePool;
import io.strimzi.api.kafka.model.topic.KafkaTopic;
import io.strimzi.api.kafka.model.user.KafkaUser;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each document is read by the typed model of its kind, which must know every field. */
class ModelsTest {
  private static final ObjectMapper MAPPER = StrictMapper.create();

  private static final Map<String, Class<?>> MODELS =
      Map.ofEntries(
          Map.entry("v1/ConfigMap", ConfigMap.class),
          Map.entry("v1/Namespace", Namespace.class),
          Map.entry("v1/PersistentVolumeClaim", PersistentVolumeClaim.class),
          Map.entry("v1/Service", Service.class),
          Map.entry("apps/v1/Deployment", Deployment.class),
          Map.entry("apps/v1/StatefulSet", StatefulSet.class),
          Map.entry("batch/v1/Job", Job.class),
          Map.entry("networking.k8s.io/v1/NetworkPolicy", NetworkPolicy.class),
          Map.entry("policy/v1/PodDisruptionBudget", PodDisruptionBudget.class),
          Map.entry("monitoring.coreos.com/v1/PodMonitor", PodMonitor.class),
          Map.entry("kafka.strimzi.io/v1beta2/Kafka", Kafka.class),
          Map.entry("kafka.strimzi.io/v1beta2/KafkaNodePool", KafkaNodePool.class),
          Map.entry("kafka.strimzi.io/v1beta2/KafkaTopic", KafkaTopic.class),
          Map.entry("kafka.strimzi.io/v1beta2/KafkaUser", KafkaUser.class),
          Map.entry("flink.apache.org/v1beta1/FlinkDeployment", FlinkModel.FlinkDeployment.class));

  /** No model of these is on Maven Central: KubeconformTest reads their schemas, where present. */
  private static final Set<String> UNTYPED =
      Set.of(
          "keda.sh/v1alpha1/ScaledObject",
          "keda.sh/v1alpha1/TriggerAuthentication",
          "argoproj.io/v1alpha1/Application");

  static List<Manifest> typed() {
    return Stream.of("base", "overlays/dev", "overlays/production", "argo-cd")
        .flatMap(directory -> Manifests.documents(Path.of(directory)).stream())
        .filter(document -> !UNTYPED.contains(type(document.content())))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("typed")
  void theModelKnowsEveryField(Manifest document) throws Exception {
    assertThat(MODELS).containsKey(type(document.content()));
    assertThat(read(document.content())).isNotNull();
  }

  /** The check itself: a field that is misspelt at any depth must not pass. */
  @Test
  void aMisspeltFieldFails() {
    assertMisspelt("StatefulSet", "inference", "/spec/template/spec/containers/0", "imagePolicy");
    assertMisspelt("FlinkDeployment", "features", "/spec/podTemplate/spec", "volume");
    assertMisspelt("Kafka", "kafka", "/spec/kafka/listeners/0", "tsl");
    assertMisspelt("KafkaUser", "payments-ingest", "/spec/authorization/acls/0", "operation_s");
    assertMisspelt("PodMonitor", "millrace-flink", "/spec/podMetricsEndpoints/0", "prot");
  }

  private static void assertMisspelt(String kind, String name, String parent, String field) {
    JsonNode content =
        Manifests.base(kind).stream()
            .filter(document -> document.name().equals(name))
            .findFirst()
            .orElseThrow()
            .content()
            .deepCopy();
    ((ObjectNode) content.at(parent)).put(field, "x");
    assertThatThrownBy(() -> read(content)).hasMessageContaining(field);
  }

  private static Object read(JsonNode content) throws Exception {
    return MAPPER.treeToValue(content, MODELS.get(type(content)));
  }

  private static String type(JsonNode content) {
    return content.path("apiVersion").asText() + "/" + content.path("kind").asText();
  }
}
