package dev.millrace.deploy.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.file.PipelineFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The documents of the manifests, and the pipeline that they are for. */
final class Manifests {
  static final Path BASE = Path.of("base");
  static final Path PIPELINE_FOLDER = Path.of("../examples/payments");

  private static final YAMLMapper YAML = new YAMLMapper();
  private static final List<String> NOT_APPLIED = List.of("kustomization.yaml", "references.yaml");

  private Manifests() {}

  /** A document of a file. */
  record Manifest(Path file, JsonNode content) {
    String kind() {
      return content.path("kind").asText();
    }

    String name() {
      return content.at("/metadata/name").asText();
    }

    @Override
    public String toString() {
      return file + ": " + kind() + " " + name();
    }
  }

  static Pipeline pipeline() {
    return PipelineFile.load(PIPELINE_FOLDER.resolve("pipeline.yaml"));
  }

  /** All documents of the base. */
  static List<Manifest> base() {
    return documents(BASE);
  }

  /** All documents of the base, of a kind. */
  static List<Manifest> base(String kind) {
    return base().stream().filter(document -> document.kind().equals(kind)).toList();
  }

  /** All documents of the files of a directory, but the files of kustomize. */
  static List<Manifest> documents(Path directory) {
    List<Manifest> documents = new ArrayList<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(Manifests::isManifest).sorted().toList()) {
        read(file).forEach(content -> documents.add(new Manifest(file, content)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return documents;
  }

  static List<JsonNode> read(Path file) {
    try (var documents = YAML.readerFor(JsonNode.class).<JsonNode>readValues(file.toFile())) {
      return documents.readAll();
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be read", e);
    }
  }

  /** The documents that make pods. */
  static List<Manifest> podTemplates() {
    return base().stream()
        .filter(document -> template(document).at("/spec/containers").isArray())
        .toList();
  }

  /** The pod template of a document; missing if it makes no pods. */
  static JsonNode template(Manifest document) {
    JsonNode flink = document.content().at("/spec/podTemplate");
    return flink.isMissingNode() ? document.content().at("/spec/template") : flink;
  }

  private static boolean isManifest(Path file) {
    String name = file.getFileName().toString();
    return name.endsWith(".yaml") && !NOT_APPLIED.contains(name);
  }
}
