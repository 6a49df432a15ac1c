package dev.millrace.deploy.provision;

/**
 * A property of an existing topic that is not as Millrace would create it.
 *
 * @param setting name of the setting, or {@link #PARTITIONS} or {@link #REPLICATION}
 */
public record Difference(String topic, String setting, String found, String wanted, Kind kind) {
  /** The number of partitions. */
  public static final String PARTITIONS = "partitions";

  /** The number of replicas. */
  public static final String REPLICATION = "replication factor";

  /** What becomes of the topic's records if the difference is mended. */
  public enum Kind {
    /** The setting can be altered; all records stay. */
    SAFE,
    /** The setting can be altered; existing records may be deleted by it. */
    LOSSY,
    /** Not a setting: altering it needs more than one command, or another pipeline file. */
    MANUAL,
    /** An operator has set it on the topic, and nothing depends on the value: it is kept. */
    CHOSEN
  }

  /** The difference in one line, without the name of the topic. */
  public String text() {
    return "%s is %s, %s is wanted".formatted(setting, found, wanted);
  }

  /** The command that mends it, or in words what mends it. */
  public String remedy(String bootstrapServers) {
    return switch (setting) {
      case PARTITIONS ->
          "set 'partitions: %s' in the pipeline file if that is meant; otherwise stop the pipeline, delete the topic with its records, and provision again"
              .formatted(found);
      case REPLICATION ->
          "kafka-reassign-partitions --bootstrap-server %s --execute --reassignment-json-file FILE   # %s replicas for each partition of %s"
              .formatted(bootstrapServers, wanted, topic);
      case Replication.MIN_ISR ->
          (kind == Kind.MANUAL ? "after its replicas were raised: " : "")
              + configCommand(bootstrapServers, "topics", topic, setting, wanted);
      default -> configCommand(bootstrapServers, "topics", topic, setting, wanted);
    };
  }

  /** The command of Kafka that sets a configuration. */
  public static String configCommand(
      String bootstrapServers, String type, String entity, String setting, String value) {
    String quoted = value.contains(",") ? "'%s=[%s]'" : "%s=%s";
    return "kafka-configs --bootstrap-server %s --alter --entity-type %s --entity-name %s --add-config %s"
        .formatted(bootstrapServers, type, entity, quoted.formatted(setting, value));
  }
}
