package dev.millrace.deploy.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.deploy.platform.Component;
import dev.millrace.deploy.platform.Distribution;
import dev.millrace.deploy.platform.LocalPlatform;
import dev.millrace.deploy.platform.PlatformConfig;
import dev.millrace.schemas.registry.Registry;
import dev.millrace.schemas.registry.Registry.Lookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.avro.SchemaBuilder;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Broker and registry of the packaged distribution. */
class PlatformIT {
  private static final Distribution DISTRIBUTION =
      new Distribution(Path.of(System.getProperty(Distribution.HOME_PROPERTY)));

  @Test
  void aRestartKeepsTopicsAndSchemasAndAStopLeavesNoProcess(@TempDir Path dir) throws Exception {
    var schema = SchemaBuilder.record("Ping").fields().requiredString("id").endRecord();
    var found = new Lookup.Found("AVRO", schema.toString(), Set.of("ping-value"));
    int id;
    List<Long> pids;
    try (var platform = start(dir)) {
      try (var admin = admin(platform)) {
        admin.createTopics(List.of(new NewTopic("ping", 2, (short) 1))).all().get();
      }
      var registry = Registry.http(platform.endpoints().registryUrl());
      id = registry.register("ping-value", schema);

      var child = platform.child(Component.REGISTRY);
      child.killHard();
      assertThat(child.isAlive()).isFalse();
      child.start();
      child.awaitReady();
      assertThat(registry.lookup(id)).isEqualTo(found);
      assertThat(platform.unexpectedExit()).isNotDone();
      pids = List.of(platform.child(Component.BROKER).pid(), child.pid());
    }
    assertThat(pids).noneMatch(pid -> ProcessHandle.of(pid).isPresent());
    assertThat(Files.exists(dir.resolve("tmp"))).isFalse();

    try (var platform = start(dir);
        var admin = admin(platform)) {
      assertThat(admin.listTopics().names().get()).contains("ping");
      var registry = Registry.http(platform.endpoints().registryUrl());
      assertThat(registry.lookup(id)).isEqualTo(found);
    }
  }

  private LocalPlatform start(Path dir) throws InterruptedException {
    var config =
        PlatformConfig.of(DISTRIBUTION, dir, null)
            .withPorts(Map.of(Component.BROKER, 0, Component.REGISTRY, 0));
    return LocalPlatform.start(config, System.out::println);
  }

  private static Admin admin(LocalPlatform platform) {
    return Admin.create(Map.of("bootstrap.servers", platform.endpoints().bootstrapServers()));
  }
}
