package dev.millrace.schemas.pipeline.file;

import dev.millrace.schemas.model.ModelArtifact;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;

/**
 * A copy of a pipeline file with the schemas and the models that it names, in one directory. What
 * runs from the copy does not change when the user edits the originals.
 */
public final class DefinitionCopy {
  /** The name of the copied pipeline file in its directory. */
  public static final String FILE = "pipeline.yaml";

  private static final String MODEL = "model";
  private static final String SHADOW = "shadow";

  private final Path file;
  private final Path directory;

  /** New paths: a mapping with an anchor is several values, and its paths are replaced once. */
  private final Set<Node> replaced = Collections.newSetFromMap(new IdentityHashMap<>());

  private DefinitionCopy(Path file, Path directory) {
    this.file = file;
    this.directory = directory;
  }

  /**
   * Writes a copy. Its comments are gone; its values are the same but the paths.
   *
   * @param file which {@link PipelineFile#load} has accepted
   * @param directory exists and is empty
   * @return the copied pipeline file
   * @throws IOException if a file cannot be read or written
   */
  public static Path write(Path file, Path directory) throws IOException {
    Yaml yaml = new Yaml();
    Node root;
    try (Reader text = Files.newBufferedReader(file)) {
      root = yaml.compose(text);
    }
    DefinitionCopy copy = new DefinitionCopy(file.toAbsolutePath(), directory);
    copy.replacePaths((MappingNode) root);
    Path written = directory.resolve(FILE);
    try (Writer text = Files.newBufferedWriter(written)) {
      yaml.serialize(root, text);
    }
    return written;
  }

  private void replacePaths(MappingNode root) throws IOException {
    if (value(root, "sources") instanceof MappingNode sources) {
      for (NodeTuple source : sources.getValue()) {
        if (source.getValueNode() instanceof MappingNode fields) {
          String name = ((ScalarNode) source.getKeyNode()).getValue();
          replace(fields, "schema", path -> schema(path, name));
        }
      }
    }
    if (value(root, MODEL) instanceof MappingNode model) {
      replace(model, "path", path -> model(path, MODEL));
      replace(model, SHADOW, path -> model(path, SHADOW));
    }
    if (value(root, "retrain") instanceof MappingNode retrain
        && value(retrain, RetrainReader.CALL.name()) instanceof MappingNode call) {
      secret(call, TriggerCallReader.TOKEN.name());
      if (value(call, TriggerCallReader.LOGIN.name()) instanceof MappingNode login) {
        secret(login, TriggerCallReader.PASSWORD.name());
      }
    }
  }

  /** The file of a secret is not copied: it may be replaced, and is protected where it is. */
  private void secret(MappingNode parent, String key) throws IOException {
    if (value(parent, key) instanceof MappingNode secret) {
      replace(secret, TriggerCallReader.SECRET_FILE, Path::toString);
    }
  }

  /** Copies what a path names, and returns the path in the copy. */
  private interface Copy {
    String of(Path path) throws IOException;
  }

  private void replace(MappingNode mapping, String key, Copy copy) throws IOException {
    for (int i = 0; i < mapping.getValue().size(); i++) {
      NodeTuple entry = mapping.getValue().get(i);
      if (isKey(entry, key)
          && entry.getValueNode() instanceof ScalarNode old
          && !replaced.contains(old)) {
        String path = copy.of(file.resolveSibling(old.getValue()));
        ScalarNode changed =
            new ScalarNode(
                old.getTag(), path, old.getStartMark(), old.getEndMark(), old.getScalarStyle());
        replaced.add(changed);
        mapping.getValue().set(i, new NodeTuple(entry.getKeyNode(), changed));
      }
    }
  }

  /** Several sources may name the same schema, and each has a copy of its own. */
  private String schema(Path schema, String source) throws IOException {
    String name = source + ".avsc";
    Files.copy(schema, directory.resolve(name));
    return name;
  }

  private String model(Path model, String name) throws IOException {
    Path to = Files.createDirectory(directory.resolve(name));
    Files.copy(ModelArtifact.model(model), ModelArtifact.model(to));
    Path profile = ModelArtifact.profile(model);
    if (Files.exists(profile)) {
      Files.copy(profile, ModelArtifact.profile(to));
    }
    return name;
  }

  private static @Nullable Node value(MappingNode mapping, String key) {
    return mapping.getValue().stream()
        .filter(entry -> isKey(entry, key))
        .map(NodeTuple::getValueNode)
        .findFirst()
        .orElse(null);
  }

  private static boolean isKey(NodeTuple entry, String key) {
    return entry.getKeyNode() instanceof ScalarNode scalar && scalar.getValue().equals(key);
  }
}
