package dev.millrace.drift.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import dev.millrace.drift.profile.Profile;
import dev.millrace.drift.profile.Reference;
import dev.millrace.drift.profile.Slice;
import dev.millrace.drift.training.TrainingProfile.Block;
import dev.millrace.drift.training.TrainingProfile.SliceProfile;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The slices in {@code profile.json}: {@code slices} by their name, each on one line, with {@code
 * input}, {@code value} (absent for all other values), and its counts and blocks as in {@link
 * BlockFormat}.
 */
final class SliceFormat {
  static final String SLICES = "slices";

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final ProfileReader reader;
  private final BlockFormat blocks;
  private final Map<String, Reference> references;

  /**
   * @param reader whose checks and errors are used
   * @param blocks of the same file
   * @param references of the same file
   */
  SliceFormat(ProfileReader reader, BlockFormat blocks, Map<String, Reference> references) {
    this.reader = reader;
    this.blocks = blocks;
    this.references = references;
  }

  static void write(ObjectNode root, List<SliceProfile> slices) {
    if (slices.isEmpty()) {
      return;
    }
    ObjectNode names = root.putObject(SLICES);
    for (SliceProfile each : slices) {
      ObjectNode node = JSON.objectNode().put("input", each.slice().input());
      if (each.slice().value() != null) {
        node.put("value", each.slice().value());
      }
      node.setAll(BlockFormat.counts(each.rows(), each.counts()));
      ObjectNode starts = JSON.objectNode();
      for (Block block : each.blocks()) {
        starts.set(block.start().toString(), BlockFormat.counts(block.rows(), block.counts()));
      }
      node.set(BlockFormat.BLOCKS, starts);
      names.putRawValue(each.slice().name(), new RawValue(node.toString()));
    }
  }

  /**
   * Reads the slices.
   *
   * @throws IllegalArgumentException if they are damaged, or if those of an input do not add up to
   *     the whole
   */
  List<SliceProfile> read(JsonNode root) {
    List<SliceProfile> slices = new ArrayList<>();
    JsonNode names = reader.get(root, "", SLICES, JsonNode::isObject, "an object");
    names.properties().forEach(each -> slices.add(slice(each.getKey(), each.getValue())));
    Map<String, List<SliceProfile>> byInput = new LinkedHashMap<>();
    for (SliceProfile each : slices) {
      byInput.computeIfAbsent(each.slice().input(), input -> new ArrayList<>()).add(each);
    }
    byInput.forEach(
        (input, ofInput) ->
            references.forEach((feature, whole) -> requireSum(input, feature, whole, ofInput)));
    return slices;
  }

  private SliceProfile slice(String name, JsonNode node) {
    String at = SLICES + "." + name + ".";
    String input = reader.text(node, at, "input");
    Slice slice = new Slice(input, node.has("value") ? reader.text(node, at, "value") : null);
    if (!references.containsKey(input)) {
      throw reader.wrong(at + "input", "'%s' is not one of the features".formatted(input));
    }
    List<Block> ofSlice = new ArrayList<>();
    JsonNode starts = reader.get(node, at, BlockFormat.BLOCKS, JsonNode::isObject, "an object");
    starts.properties().forEach(each -> ofSlice.add(block(at, each.getKey(), each.getValue())));
    return new SliceProfile(
        slice, reader.integer(node, at, "rows"), blocks.counts(node, at), ofSlice);
  }

  private Block block(String slice, String start, JsonNode node) {
    String at = slice + BlockFormat.BLOCKS + "." + start + ".";
    try {
      return new Block(
          Instant.parse(start), reader.integer(node, at, "rows"), blocks.counts(node, at));
    } catch (DateTimeException e) {
      throw reader.wrong(slice + BlockFormat.BLOCKS + "." + start, "a time in ISO 8601 expected");
    }
  }

  private void requireSum(
      String input, String feature, Reference whole, List<SliceProfile> slices) {
    Profile sum = whole.newProfile();
    for (SliceProfile slice : slices) {
      sum.merge(Objects.requireNonNull(slice.counts().get(feature)));
    }
    if (!sum.equals(whole.profile().countsOnly())) {
      throw reader.wrong(
          SLICES,
          "the counts of '%s' in the slices of '%s' do not add up to those of the feature"
              .formatted(feature, input));
    }
  }
}
