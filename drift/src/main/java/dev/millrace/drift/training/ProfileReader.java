package dev.millrace.drift.training;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.millrace.drift.profile.Bins;
import dev.millrace.drift.profile.CategoryBins;
import dev.millrace.drift.profile.NumberBins;
import dev.millrace.drift.profile.Profile;
import dev.millrace.drift.profile.Reference;
import dev.millrace.drift.profile.UnbinnedKind;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** Reads {@code profile.json}; an error names the place in the file. */
final class ProfileReader {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private final String name;

  ProfileReader(String name) {
    this.name = name;
  }

  TrainingProfile read(String json) throws JsonProcessingException {
    JsonNode root = MAPPER.readTree(json);
    long format = integer(root, "", "format");
    if (format != ProfileWriter.FORMAT) {
      throw wrong("format", "this release reads " + ProfileWriter.FORMAT + ", not " + format);
    }
    JsonNode from = get(root, "", "created_from", JsonNode::isObject, "an object");
    Map<String, Reference> references = new LinkedHashMap<>();
    JsonNode features = get(root, "", "features", JsonNode::isObject, "an object");
    features
        .properties()
        .forEach(e -> references.put(e.getKey(), feature(e.getKey(), e.getValue())));
    BlockFormat blocks = new BlockFormat(this, references);
    return new TrainingProfile(
        text(root, "", "pipeline"),
        root.has("model_version") ? text(root, "", "model_version") : null,
        new TrainingProfile.CreatedFrom(
            text(from, "created_from.", "file"),
            integer(from, "created_from.", "rows"),
            text(from, "created_from.", "sha256"),
            time(from, "from"),
            time(from, "until")),
        references,
        root.has(BlockFormat.BLOCKS) ? blocks.read(root) : null,
        root.has(QualityFormat.QUALITY) ? QualityFormat.read(root, this) : null,
        root.has(SliceFormat.SLICES)
            ? new SliceFormat(this, blocks, references).read(root)
            : List.of());
  }

  private Reference feature(String feature, JsonNode node) {
    String at = "features." + feature + ".";
    String type = text(node, at, "type");
    Reference reference =
        switch (type) {
          case "number" -> numbers(feature, node, at);
          case "category" -> categories(feature, node, at);
          default ->
              throw wrong(at + "type", "'number' or 'category' expected, not '" + type + "'");
        };
    long n = integer(node, at, "n");
    if (n != reference.total()) {
      throw wrong(at + "n", n + " is not the sum of the counts, " + reference.total());
    }
    return reference;
  }

  private Reference numbers(String feature, JsonNode node, String at) {
    double[] edges =
        array(node, at, "edges", JsonNode::isNumber).mapToDouble(JsonNode::doubleValue).toArray();
    NumberBins bins = bins(at + "edges", () -> NumberBins.of(edges));
    long[] counts =
        array(node, at, "counts", ProfileReader::isCount).mapToLong(JsonNode::longValue).toArray();
    if (counts.length != bins.size()) {
      throw wrong(
          at + "counts",
          bins.size() + " expected, one more than edges, but there are " + counts.length);
    }
    double min = node.has("min") ? number(node, at, "min") : Double.POSITIVE_INFINITY;
    double max = node.has("max") ? number(node, at, "max") : Double.NEGATIVE_INFINITY;
    Profile profile = Profile.of(bins, counts, unbinned(node, at), min, max);
    return new Reference(
        feature,
        profile,
        number(node, at, "mean"),
        number(node, at, "sd"),
        integer(node, at, "distinct"),
        0,
        0L);
  }

  private Reference categories(String feature, JsonNode node, String at) {
    JsonNode values = get(node, at, "categories", JsonNode::isObject, "an object");
    List<String> names = new ArrayList<>();
    long[] counts = new long[values.size() + 2];
    for (Map.Entry<String, JsonNode> value : values.properties()) {
      counts[names.size()] = integer(values, at + "categories.", value.getKey());
      names.add(value.getKey());
    }
    counts[names.size()] = integer(node, at, "other");
    counts[names.size() + 1] = integer(node, at, "unseen");
    boolean open =
        get(node, at, "open_vocabulary", JsonNode::isBoolean, "a boolean").booleanValue();
    Bins bins =
        bins(
            at + "other_hashes",
            () ->
                CategoryBins.of(
                    names,
                    array(node, at, "other_hashes", JsonNode::isTextual)
                        .mapToLong(hash -> Long.parseUnsignedLong(hash.textValue(), 16))
                        .toArray(),
                    open));
    Profile profile =
        Profile.of(
            bins, counts, unbinned(node, at), Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY);
    return new Reference(
        feature,
        profile,
        0,
        0,
        integer(node, at, "distinct"),
        integer(node, at, "singletons"),
        node.has("doubletons") ? (Long) integer(node, at, "doubletons") : null);
  }

  private Map<UnbinnedKind, Long> unbinned(JsonNode node, String at) {
    JsonNode counts = get(node, at, "unbinned", JsonNode::isObject, "an object");
    Map<UnbinnedKind, Long> unbinned = new EnumMap<>(UnbinnedKind.class);
    for (UnbinnedKind kind : UnbinnedKind.values()) {
      unbinned.put(kind, integer(counts, at + "unbinned.", kind.name().toLowerCase(Locale.ROOT)));
    }
    return unbinned;
  }

  private <B> B bins(String at, Supplier<B> make) {
    try {
      return make.get();
    } catch (NumberFormatException e) {
      throw wrong(at, "hexadecimal digits expected: " + e.getMessage());
    } catch (IllegalArgumentException e) {
      throw wrong(at, String.valueOf(e.getMessage()));
    }
  }

  private Stream<JsonNode> array(
      JsonNode node, String at, String key, Predicate<JsonNode> element) {
    JsonNode array =
        get(
            node,
            at,
            key,
            a -> a.isArray() && StreamSupport.stream(a.spliterator(), false).allMatch(element),
            "an array of the right type");
    return StreamSupport.stream(array.spliterator(), false);
  }

  String text(JsonNode node, String at, String key) {
    return get(node, at, key, JsonNode::isTextual, "text").textValue();
  }

  private @Nullable Instant time(JsonNode from, String key) {
    if (!from.has(key)) {
      return null;
    }
    try {
      return Instant.parse(text(from, "created_from.", key));
    } catch (DateTimeParseException e) {
      throw wrong("created_from." + key, "a time in ISO 8601 expected");
    }
  }

  private double number(JsonNode node, String at, String key) {
    return get(node, at, key, JsonNode::isNumber, "a number").doubleValue();
  }

  long integer(JsonNode node, String at, String key) {
    return get(node, at, key, ProfileReader::isCount, "a count").longValue();
  }

  static boolean isCount(JsonNode node) {
    return node.isIntegralNumber() && node.canConvertToLong() && node.longValue() >= 0;
  }

  JsonNode get(JsonNode node, String at, String key, Predicate<JsonNode> check, String expected) {
    JsonNode value = node.get(key);
    if (value == null || !check.test(value)) {
      throw wrong(at + key, expected + " expected" + (value == null ? ", but it is missing" : ""));
    }
    return value;
  }

  IllegalArgumentException wrong(String key, String problem) {
    return new IllegalArgumentException(
        name + ": " + key + ": " + problem + "; write the profile again with 'millrace profile'");
  }
}
