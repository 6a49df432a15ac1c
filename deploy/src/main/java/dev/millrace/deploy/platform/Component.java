package dev.millrace.deploy.platform;

import java.util.List;
import java.util.Locale;

/**
 * What the platform is made of: one child process each.
 *
 * <p>The heaps sum to 2.3 GB; with what the JVMs, RocksDB, ONNX Runtime and Flink's network and
 * managed memory take beside their heaps, the platform stays under 4 GB.
 */
public enum Component {
  /** A Kafka broker and controller; its port is the bootstrap port. */
  BROKER(9092, 512, true),
  /** Apicurio with the Confluent API; its port serves that API. */
  REGISTRY(8081, 256, true),
  /** The ingest service; its port serves metrics and health, as those of the following do. */
  INGEST(9101, 384, false),
  /** One Flink cluster with the features job and the drift job. */
  FLINK(9102, 768, false),
  /** The inference service. */
  INFERENCE(9103, 384, false);

  private final int preferredPort;
  private final int heapMegabytes;
  private final boolean quickCompilerOnly;

  Component(int preferredPort, int heapMegabytes, boolean quickCompilerOnly) {
    this.preferredPort = preferredPort;
    this.heapMegabytes = heapMegabytes;
    this.quickCompilerOnly = quickCompilerOnly;
  }

  /** As in logs, file names and options: {@code broker}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The port that is taken when it is free and no other was asked for. */
  public int preferredPort() {
    return preferredPort;
  }

  /** The JVM's maximum heap. */
  public int heapMegabytes() {
    return heapMegabytes;
  }

  /** Whether it is one of Millrace's own services, which need broker and registry. */
  public boolean isService() {
    return this != BROKER && this != REGISTRY;
  }

  /** Flags of the part's JVM, before those of the user. */
  List<String> jvmOptions() {
    // Two cores have no room for a concurrent collector's threads. The quick compiler alone halves
    // the registry's CPU time to readiness; what computes for long keeps the optimizing one.
    return quickCompilerOnly
        ? List.of("-Xmx" + heapMegabytes + "m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
        : List.of("-Xmx" + heapMegabytes + "m", "-XX:+UseSerialGC");
  }
}
