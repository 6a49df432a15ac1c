package dev.millrace.deploy.platform;

import dev.millrace.schemas.pipeline.Pipeline;
import java.util.List;
import java.util.Locale;

/**
 * The components of the platform, each one a child process.
 *
 * <p>The heaps sum to 2.7 GB. With the memory of the JVMs, RocksDB and ONNX Runtime and Flink's
 * network and managed memory, the platform needs less than 4 GB.
 */
public enum Component {
  /** A Kafka broker and controller; the port is that of the bootstrap server. */
  BROKER(9092, 512, true),
  /** Apicurio with the Confluent API; the port serves that API. */
  REGISTRY(8081, 256, true),
  /** The ingest service; the port serves metrics and health, as for all services. */
  INGEST(9101, 384, false),
  /**
   * One Flink cluster with the features job (two while a changed definition is applied) and the
   * drift job.
   */
  FLINK(9102, 1024, false),
  /** The inference service. */
  INFERENCE(9103, 384, false),
  /** The calls of retraining triggers, in a platform whose pipeline has such a call. */
  RETRAIN(9105, 96, true);

  /**
   * With fewer processors, the optimizing compilers of three services take these from the services
   * for the first minutes. On two of them, 150,000 flights at full speed took 53 s of CPU time
   * without these compilers and 83 s with them; 49 s were theirs.
   */
  private static final int PROCESSORS_TO_OPTIMIZE = 4;

  private final int preferredPort;
  private final int heapMegabytes;
  private final boolean startsQuickly;

  Component(int preferredPort, int heapMegabytes, boolean startsQuickly) {
    this.preferredPort = preferredPort;
    this.heapMegabytes = heapMegabytes;
    this.startsQuickly = startsQuickly;
  }

  /** The name in logs, file names and options, such as {@code broker}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The port that is used if it is free and no other was requested. */
  int preferredPort() {
    return preferredPort;
  }

  /** The JVM's maximum heap. */
  public int heapMegabytes() {
    return heapMegabytes;
  }

  /** Whether a platform with this pipeline runs it. */
  boolean isPartOf(Pipeline pipeline) {
    return this != RETRAIN || (pipeline.retrain() != null && pipeline.retrain().call() != null);
  }

  /** Whether it is a Millrace service, which depends on broker and registry. */
  public boolean isService() {
    return this != BROKER && this != REGISTRY;
  }

  /**
   * Flags of the JVM, beside the heap and before those of the user.
   *
   * @param processors of this machine
   */
  List<String> jvmFlags(int processors) {
    boolean firstCompilerOnly = startsQuickly || processors < PROCESSORS_TO_OPTIMIZE;
    return firstCompilerOnly ? List.of("-XX:TieredStopAtLevel=1") : List.of();
  }
}
