package dev.millrace.drift.training;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.drift.profile.CategoryBins;
import dev.millrace.drift.profile.NumberBins;
import dev.millrace.drift.profile.Profile;
import dev.millrace.drift.profile.Reference;
import dev.millrace.drift.profile.UnbinnedKind;
import java.util.Locale;

/** Writes {@code profile.json}; {@link ProfileReader} reads it back. */
final class ProfileWriter {
  static final int FORMAT = 1;

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private ProfileWriter() {}

  static String write(TrainingProfile profile) {
    ObjectNode root = JSON.objectNode();
    root.put("format", FORMAT);
    root.put("pipeline", profile.pipeline());
    if (profile.modelVersion() != null) {
      root.put("model_version", profile.modelVersion());
    }
    createdFrom(root.putObject("created_from"), profile.createdFrom());
    ObjectNode features = root.putObject("features");
    profile.references().forEach((name, reference) -> features.set(name, feature(reference)));
    if (profile.quality() != null) {
      QualityFormat.write(root, profile.quality());
    }
    if (profile.blocks() != null) {
      BlockFormat.write(root, profile.blocks());
    }
    SliceFormat.write(root, profile.slices());
    try {
      return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of plain values can always be written", e);
    }
  }

  private static void createdFrom(ObjectNode node, TrainingProfile.CreatedFrom from) {
    node.put("file", from.file()).put("rows", from.rows()).put("sha256", from.sha256());
    if (from.from() != null && from.until() != null) {
      node.put("from", from.from().toString()).put("until", from.until().toString());
    }
  }

  private static ObjectNode feature(Reference reference) {
    Profile profile = reference.profile();
    boolean numeric = reference.bins() instanceof NumberBins;
    ObjectNode node = JSON.objectNode();
    node.put("type", numeric ? "number" : "category");
    node.put("n", reference.total());
    node.put("distinct", reference.distinct());
    ObjectNode unbinned = node.putObject("unbinned");
    for (UnbinnedKind kind : UnbinnedKind.values()) {
      unbinned.put(kind.name().toLowerCase(Locale.ROOT), profile.count(kind));
    }
    if (reference.bins() instanceof NumberBins bins) {
      numbers(node, reference, bins);
    } else if (reference.bins() instanceof CategoryBins bins) {
      categories(node, reference, bins);
    }
    return node;
  }

  /** Bin i holds values below edge i and not below edge i - 1. */
  private static void numbers(ObjectNode node, Reference reference, NumberBins bins) {
    Profile profile = reference.profile();
    if (profile.binned() > 0) {
      node.put("min", profile.min());
      node.put("max", profile.max());
    }
    node.put("mean", reference.mean());
    node.put("sd", reference.sd());
    ArrayNode edges = node.putArray("edges");
    for (double edge : bins.edges()) {
      edges.add(edge);
    }
    ArrayNode counts = node.putArray("counts");
    for (long count : profile.counts()) {
      counts.add(count);
    }
  }

  private static void categories(ObjectNode node, Reference reference, CategoryBins bins) {
    Profile profile = reference.profile();
    node.put("singletons", reference.singletons());
    if (reference.doubletons() != null) {
      node.put("doubletons", reference.doubletons());
    }
    ObjectNode categories = node.putObject("categories");
    for (String value : bins.values()) {
      categories.put(value, profile.count(bins.bin(value)));
    }
    node.put("other", profile.count(bins.other()));
    node.put("unseen", profile.count(bins.unseen()));
    node.put("open_vocabulary", bins.open());
    ArrayNode hashes = node.putArray("other_hashes");
    for (long hash : bins.otherHashes()) {
      hashes.add(Long.toHexString(hash));
    }
  }
}
