package dev.millrace.schemas.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The blocks of a training profile: its rows by time, with which drift calibrates its tests.
 *
 * @param length of each block
 * @param rows of each block, ascending
 */
public record ProfiledBlocks(Duration length, List<Long> rows) {
  /** The number of blocks that drift needs to judge the first window. */
  public static final int FEWEST = 10;

  /** Blocks with a smaller share of the median block's rows are not used. */
  public static final double SMALLEST = 0.25;

  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** Sorts the rows. */
  public ProfiledBlocks {
    List<Long> ascending = new ArrayList<>(rows);
    Collections.sort(ascending);
    rows = List.copyOf(ascending);
  }

  /**
   * Reads the blocks of a training profile.
   *
   * @return null if it has none
   * @throws IOException if it cannot be read
   */
  public static @Nullable ProfiledBlocks read(Path profile) throws IOException {
    JsonNode root = MAPPER.readTree(Files.readString(profile));
    if (!root.path("block_millis").isIntegralNumber() || !root.path("blocks").isObject()) {
      return null;
    }
    List<Long> rows = new ArrayList<>();
    root.path("blocks").forEach(block -> rows.add(block.path("rows").asLong()));
    return rows.isEmpty()
        ? null
        : new ProfiledBlocks(Duration.ofMillis(root.path("block_millis").longValue()), rows);
  }

  /** The rows of those blocks that drift compares: not much smaller than the others, ascending. */
  public List<Long> compared(int minSamples) {
    double least = rows.isEmpty() ? 0 : Math.max(minSamples, SMALLEST * rows.get(rows.size() / 2));
    return rows.stream().filter(each -> each >= least).toList();
  }
}
