package dev.millrace.schemas.flink.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OffsetRangeTest {
  /** The lines are those of TopicProgressTest, whose class writes them in another process. */
  @Test
  void readsTheRanges(@TempDir Path directory) throws IOException {
    String topic = "millrace.shop.orders";
    Path file =
        Files.write(
            directory.resolve("ranges"),
            List.of(topic + " 0 10 14 0:11 3:12", topic + " 1 0 49", topic + " 2 7 7"));
    assertThat(OffsetRange.read(file))
        .containsExactly(
            new OffsetRange(topic, 0, 10, 14, Map.of(0, 11L, 3, 12L)),
            new OffsetRange(topic, 1, 0, 49, Map.of()),
            new OffsetRange(topic, 2, 7, 7, Map.of()));
  }
}
