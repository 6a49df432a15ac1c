package dev.millrace.features.generation;

import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * The standing of a generation among those whose jobs read the same records, as of a moment. Only
 * the one that serves writes the dead letters of records.
 *
 * @param role of the generation
 * @param read what the job of the one that serves has read and will not read again: by partition,
 *     the offset after the last record, whose dead letter is written
 */
record Standing(Role role, Map<TopicPartition, Long> read) {
  /** What a generation does with dead letters. */
  enum Role {
    /** It serves, or no other one does. */
    WRITES,
    /** Another one serves, and this one may be its successor. */
    WAITS,
    /** Another one serves instead of it. */
    RETIRED
  }

  /** What is done with a dead letter. */
  enum Decision {
    WRITE,
    HOLD,
    DROP
  }

  /** While nothing is known. */
  static final Standing UNKNOWN = new Standing(Role.WAITS, Map.of());

  Standing {
    read = Map.copyOf(read);
  }

  /** What is done with the dead letter of a record. */
  Decision of(TopicPartition partition, long offset) {
    return switch (role) {
      case WRITES -> Decision.WRITE;
      case RETIRED -> Decision.DROP;
      case WAITS ->
          read.getOrDefault(partition, Long.MIN_VALUE) > offset ? Decision.DROP : Decision.HOLD;
    };
  }
}
