package dev.millrace.deploy.platform;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a local platform is started with.
 *
 * @param distribution whose jars it runs
 * @param workDir where it keeps topics, schemas, state and logs; a later platform goes on with them
 * @param pipeline the pipeline file; null starts the broker and the registry alone
 * @param ports that the user named, see {@link Component}; 0 for any free one
 * @param jvmOptions of a part, after its own
 * @param restartCrashed whether a service that crashes is started again rather than the platform
 *     ended; broker and registry always end it
 */
public record PlatformConfig(
    Distribution distribution,
    Path workDir,
    @Nullable Path pipeline,
    Map<Component, Integer> ports,
    Map<Component, List<String>> jvmOptions,
    boolean restartCrashed) {

  public PlatformConfig {
    workDir = workDir.toAbsolutePath().normalize();
    pipeline = pipeline == null ? null : pipeline.toAbsolutePath().normalize();
    ports = Map.copyOf(ports);
    jvmOptions = Map.copyOf(jvmOptions);
  }

  /** The defaults: preferred ports where they are free, a crash ends the platform. */
  public static PlatformConfig of(
      Distribution distribution, Path workDir, @Nullable Path pipeline) {
    return new PlatformConfig(distribution, workDir, pipeline, Map.of(), Map.of(), false);
  }

  /** The same with other ports. */
  public PlatformConfig withPorts(Map<Component, Integer> ports) {
    return new PlatformConfig(distribution, workDir, pipeline, ports, jvmOptions, restartCrashed);
  }

  /** The same, its services started again after a crash. */
  public PlatformConfig withRestartCrashed() {
    return new PlatformConfig(distribution, workDir, pipeline, ports, jvmOptions, true);
  }

  /** The same with further JVM flags for a part. */
  public PlatformConfig withJvmOptions(Map<Component, List<String>> jvmOptions) {
    return new PlatformConfig(distribution, workDir, pipeline, ports, jvmOptions, restartCrashed);
  }

  /** The parts that such a platform has. */
  public Set<Component> parts() {
    return pipeline == null ? EnumSet.of(Component.BROKER, Component.REGISTRY) : EnumSet.allOf(Component.class);
  }
}
