package dev.millrace.deploy.kubernetes;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import java.util.List;
import java.util.Map;

/**
 * The fields of {@code flink.apache.org/v1beta1} that the manifests use, by the custom resource
 * definition of version 1.13 of the Flink Kubernetes Operator; its own model is not on Maven
 * Central.
 */
final class FlinkModel {
  private FlinkModel() {}

  record FlinkDeployment(String apiVersion, String kind, ObjectMeta metadata, Spec spec) {}

  record Spec(
      String image,
      FlinkVersion flinkVersion,
      String serviceAccount,
      Map<String, String> flinkConfiguration,
      PodTemplateSpec podTemplate,
      Manager jobManager,
      Manager taskManager,
      Job job) {}

  record Manager(Integer replicas, Resource resource) {}

  record Resource(Double cpu, String memory) {}

  record Job(
      @JsonProperty("jarURI") String jarUri,
      String entryClass,
      List<String> args,
      Integer parallelism,
      UpgradeMode upgradeMode,
      State state) {}

  /** Of those versions that the operator accepts, the one that Millrace is built for. */
  enum FlinkVersion {
    @JsonProperty("v2_2")
    V2_2
  }

  enum UpgradeMode {
    @JsonProperty("savepoint")
    SAVEPOINT,
    @JsonProperty("last-state")
    LAST_STATE,
    @JsonProperty("stateless")
    STATELESS
  }

  enum State {
    @JsonProperty("running")
    RUNNING,
    @JsonProperty("suspended")
    SUSPENDED
  }
}
