package dev.millrace.deploy.platform;

import dev.millrace.schemas.pipeline.Pipeline;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of a local platform.
 *
 * @param distribution the jars that it runs
 * @param workDir the directory of topics, schemas, state and logs; the next start resumes with them
 * @param pipeline the pipeline file; null starts only the broker and the registry
 * @param ports the requested port of a component; 0 for any free one
 * @param jvmFlags further flags of the JVM of a component
 * @param restartCrashed whether a service is restarted after an unexpected exit; without it, and
 *     for broker and registry, an unexpected exit ends the platform
 */
public record PlatformConfig(
    Distribution distribution,
    Path workDir,
    @Nullable Path pipeline,
    Map<Component, Integer> ports,
    Map<Component, List<String>> jvmFlags,
    boolean restartCrashed) {

  public PlatformConfig {
    workDir = workDir.toAbsolutePath().normalize();
    pipeline = pipeline == null ? null : pipeline.toAbsolutePath().normalize();
    ports = Map.copyOf(ports);
    jvmFlags = Map.copyOf(jvmFlags);
  }

  /** The defaults: preferred ports if they are free; an unexpected exit ends the platform. */
  public static PlatformConfig of(
      Distribution distribution, Path workDir, @Nullable Path pipeline) {
    return new PlatformConfig(distribution, workDir, pipeline, Map.of(), Map.of(), false);
  }

  /** This configuration with other ports. */
  public PlatformConfig withPorts(Map<Component, Integer> ports) {
    return new PlatformConfig(distribution, workDir, pipeline, ports, jvmFlags, restartCrashed);
  }

  /** This configuration with a restart of a service after an unexpected exit. */
  public PlatformConfig withRestartCrashed() {
    return new PlatformConfig(distribution, workDir, pipeline, ports, jvmFlags, true);
  }

  /** This configuration with further JVM flags for a component. */
  public PlatformConfig withJvmFlags(Map<Component, List<String>> jvmFlags) {
    return new PlatformConfig(distribution, workDir, pipeline, ports, jvmFlags, restartCrashed);
  }

  /**
   * The components of a platform.
   *
   * @param pipeline that it runs; null: only broker and registry
   */
  static Set<Component> components(@Nullable Pipeline pipeline) {
    Set<Component> components = EnumSet.of(Component.BROKER, Component.REGISTRY);
    if (pipeline != null) {
      for (Component component : Component.values()) {
        if (component.isPartOf(pipeline)) {
          components.add(component);
        }
      }
    }
    return components;
  }
}
