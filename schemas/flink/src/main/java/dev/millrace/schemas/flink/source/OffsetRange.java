package dev.millrace.schemas.flink.source;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The range of the offsets of a partition that a bounded job reads.
 *
 * @param from the first offset
 * @param to the offset after the last record
 * @param lastEvents by arrival partition of the events in the range, the offset of the last one
 */
public record OffsetRange(
    String topic, int partition, long from, long to, Map<Integer, Long> lastEvents)
    implements Serializable {
  public OffsetRange {
    lastEvents = Map.copyOf(lastEvents);
  }

  /**
   * Reads ranges from a file, a line for each partition of a topic: topic, partition, first offset,
   * offset after the last record, and for each arrival partition of its events {@code
   * ARRIVAL:OFFSET} of the last one, with spaces between them.
   */
  public static List<OffsetRange> read(Path file) throws IOException {
    return Files.readAllLines(file).stream()
        .map(line -> line.split(" "))
        .map(
            words ->
                new OffsetRange(
                    words[0],
                    Integer.parseInt(words[1]),
                    Long.parseLong(words[2]),
                    Long.parseLong(words[3]),
                    Arrays.stream(words)
                        .skip(4)
                        .map(word -> word.split(":"))
                        .collect(
                            Collectors.toMap(
                                last -> Integer.valueOf(last[0]), last -> Long.valueOf(last[1])))))
        .toList();
  }
}
