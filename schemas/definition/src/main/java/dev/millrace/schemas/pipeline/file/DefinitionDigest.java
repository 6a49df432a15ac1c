package dev.millrace.schemas.pipeline.file;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.schemas.digest.Sha256;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * The digest of what a pipeline file means: SHA-256 of its values and of the schemas that it names,
 * as JSON with sorted keys. It does not depend on comments, on the layout, on the order of keys, or
 * on where the files are. The model's {@code path} and {@code shadow} are left out, since a data
 * set is built before its model exists, and so is {@code retrain.call}, which changes no record.
 */
public final class DefinitionDigest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private DefinitionDigest() {}

  /**
   * The digest in 64 hexadecimal digits.
   *
   * @param file which {@link PipelineFile#load} has accepted
   * @throws IOException if it or a schema cannot be read
   */
  public static String of(Path file) throws IOException {
    Object root;
    try (Reader text = Files.newBufferedReader(file)) {
      root = new Yaml(new SafeConstructor(new LoaderOptions())).load(text);
    }
    Map<String, Object> definition = sorted(root);
    if (definition.get("model") instanceof Map<?, ?> model) {
      model.remove("path");
      model.remove("shadow");
    }
    if (definition.get("retrain") instanceof Map<?, ?> retrain) {
      retrain.remove(RetrainReader.CALL.name());
    }
    Map<String, Object> sources = sorted(definition.get("sources"));
    for (Map.Entry<String, Object> source : sources.entrySet()) {
      Map<String, Object> values = sorted(source.getValue());
      Path schema = file.resolveSibling(String.valueOf(values.get("schema")));
      values.put("schema", canonical(JSON.readValue(schema.toFile(), Object.class)));
      source.setValue(values);
    }
    definition.put("sources", sources);
    return Sha256.hex(JSON.writeValueAsBytes(definition));
  }

  private static Map<String, Object> sorted(@Nullable Object mapping) {
    Map<String, Object> sorted = new TreeMap<>();
    if (mapping instanceof Map<?, ?> values) {
      // Keys need not be texts: YAML 1.1 reads the key "on" as true.
      values.forEach((key, value) -> sorted.put(String.valueOf(key), canonical(value)));
    }
    return sorted;
  }

  private static Object canonical(@Nullable Object value) {
    if (value instanceof Map<?, ?>) {
      return sorted(value);
    }
    if (value instanceof Collection<?> items) {
      return items.stream().map(DefinitionDigest::canonical).toList();
    }
    return value == null ? "" : value;
  }
}
