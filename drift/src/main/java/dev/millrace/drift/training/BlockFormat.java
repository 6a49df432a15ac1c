package dev.millrace.drift.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import dev.millrace.drift.profile.Bins;
import dev.millrace.drift.profile.Profile;
import dev.millrace.drift.profile.Reference;
import dev.millrace.drift.profile.UnbinnedKind;
import dev.millrace.drift.training.TrainingProfile.Block;
import dev.millrace.drift.training.TrainingProfile.Blocks;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The blocks in {@code profile.json}: {@code block_millis}, and {@code blocks} by their start, each
 * on one line. {@code counts} are in the order of the feature's bins; a negative number stands for
 * as many bins without values, and those after the last bin with values are left out. Kinds of
 * values without a bin are left out where there are none. {@code unseen_rows}, of categories, is
 * the number of rows with values that no other block has.
 */
final class BlockFormat {
  static final String BLOCKS = "blocks";

  private static final String BLOCK_MILLIS = "block_millis";
  private static final String COUNTS = "counts";
  private static final String UNBINNED = "unbinned";
  private static final String UNSEEN_ROWS = "unseen_rows";
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final ProfileReader reader;
  private final Map<String, Reference> references;

  /**
   * @param reader whose checks and errors are used
   * @param references of the same file
   */
  BlockFormat(ProfileReader reader, Map<String, Reference> references) {
    this.reader = reader;
    this.references = references;
  }

  static void write(ObjectNode root, Blocks blocks) {
    root.put(BLOCK_MILLIS, blocks.length().toMillis());
    ObjectNode starts = root.putObject(BLOCKS);
    for (Block block : blocks.list()) {
      ObjectNode node = counts(block.rows(), block.counts());
      JsonNode features = node.path("features");
      block
          .unseenRows()
          .forEach((feature, rows) -> ((ObjectNode) features.path(feature)).put(UNSEEN_ROWS, rows));
      // Without the line breaks and blanks of the printer, which would be half of the text.
      starts.putRawValue(block.start().toString(), new RawValue(node.toString()));
    }
  }

  /** The rows, and the counts of each feature. */
  static ObjectNode counts(long rows, Map<String, Profile> counts) {
    ObjectNode features = JSON.objectNode();
    counts.forEach((feature, profile) -> features.set(feature, counts(profile)));
    ObjectNode node = JSON.objectNode().put("rows", rows);
    node.set("features", features);
    return node;
  }

  private static ObjectNode counts(Profile profile) {
    ObjectNode node = JSON.objectNode();
    ArrayNode counts = node.putArray(COUNTS);
    int zeros = 0;
    for (int bin = 0; bin < profile.bins().size(); bin++) {
      long count = profile.count(bin);
      if (count == 0) {
        zeros++;
        continue;
      }
      if (zeros > 0) {
        counts.add(-zeros);
        zeros = 0;
      }
      counts.add(count);
    }
    for (UnbinnedKind kind : UnbinnedKind.values()) {
      if (profile.count(kind) > 0) {
        node.withObjectProperty(UNBINNED).put(name(kind), profile.count(kind));
      }
    }
    return node;
  }

  private static String name(UnbinnedKind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  /**
   * Reads the blocks.
   *
   * @throws IllegalArgumentException if they are damaged, or if their sum is not the whole
   */
  Blocks read(JsonNode root) {
    long lengthMillis = reader.integer(root, "", BLOCK_MILLIS);
    if (lengthMillis == 0) {
      throw reader.wrong(BLOCK_MILLIS, "a positive number expected");
    }
    JsonNode starts = reader.get(root, "", BLOCKS, JsonNode::isObject, "an object");
    List<Block> blocks = new ArrayList<>();
    for (Map.Entry<String, JsonNode> each : starts.properties()) {
      Instant start = start(each.getKey(), lengthMillis);
      if (!blocks.isEmpty() && !blocks.get(blocks.size() - 1).start().isBefore(start)) {
        throw reader.wrong(BLOCKS + "." + each.getKey(), "it is not after the block before it");
      }
      blocks.add(block(start, each.getValue()));
    }
    references.forEach((feature, reference) -> requireSum(feature, reference, blocks));
    return new Blocks(Duration.ofMillis(lengthMillis), blocks);
  }

  /** The start of a block, which must be aligned to the epoch. */
  private Instant start(String key, long lengthMillis) {
    try {
      Instant start = Instant.parse(key);
      if (Math.floorMod(start.toEpochMilli(), lengthMillis) == 0) {
        return start;
      }
    } catch (DateTimeException e) {
      throw reader.wrong(BLOCKS + "." + key, "a time in ISO 8601 expected");
    }
    throw reader.wrong(
        BLOCKS + "." + key, "a multiple of " + lengthMillis + " milliseconds since 1970 expected");
  }

  private Block block(Instant start, JsonNode node) {
    String at = BLOCKS + "." + start + ".";
    Map<String, Profile> counts = counts(node, at);
    Map<String, Long> unseen = new HashMap<>();
    for (String feature : counts.keySet()) {
      JsonNode one = node.path("features").path(feature);
      if (one.has(UNSEEN_ROWS)) {
        unseen.put(feature, reader.integer(one, at + feature + ".", UNSEEN_ROWS));
      }
    }
    return new Block(start, reader.integer(node, at, "rows"), counts, unseen);
  }

  /** The counts of each feature; see {@link #counts(long, Map)}. */
  Map<String, Profile> counts(JsonNode node, String at) {
    JsonNode features = reader.get(node, at, "features", JsonNode::isObject, "an object");
    Map<String, Profile> counts = new LinkedHashMap<>();
    references.forEach(
        (feature, reference) -> {
          JsonNode one = reader.get(features, at, feature, JsonNode::isObject, "an object");
          counts.put(feature, counts(one, reference.bins(), at + feature + "."));
        });
    return counts;
  }

  private Profile counts(JsonNode node, Bins bins, String at) {
    long[] counts = new long[bins.size()];
    int bin = 0;
    for (JsonNode each : reader.get(node, at, COUNTS, JsonNode::isArray, "an array")) {
      long count = each.canConvertToLong() ? each.longValue() : 0;
      if (count == 0 || bin >= counts.length || -count >= counts.length - bin) {
        throw reader.wrong(
            at + COUNTS, "counts of at most " + counts.length + " bins expected, not " + node);
      }
      if (count > 0) {
        counts[bin++] = count;
      } else {
        bin -= (int) count;
      }
    }
    Map<UnbinnedKind, Long> unbinned = new EnumMap<>(UnbinnedKind.class);
    JsonNode kinds = node.path(UNBINNED);
    for (UnbinnedKind kind : UnbinnedKind.values()) {
      if (kinds.has(name(kind))) {
        unbinned.put(kind, reader.integer(kinds, at + UNBINNED + ".", name(kind)));
      }
    }
    return Profile.of(bins, counts, unbinned, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY);
  }

  private void requireSum(String feature, Reference reference, List<Block> blocks) {
    Profile sum = reference.newProfile();
    for (Block block : blocks) {
      Profile counts = block.counts().get(feature);
      if (counts != null) {
        sum.merge(counts);
      }
    }
    if (!sum.equals(reference.profile().countsOnly())) {
      throw reader.wrong(
          BLOCKS, "the counts of '%s' do not add up to those of the feature".formatted(feature));
    }
  }
}
