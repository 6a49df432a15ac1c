package dev.millrace.schemas.pipeline;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;

/** Reads pipeline files. */
public final class PipelineFile {
  private static final int PARTITIONS = 4;

  private final Path directory;
  private final Mistakes mistakes;

  /** Views with mistakes: what the model says of their features is not held against it. */
  private final Set<String> broken = new HashSet<>();

  private PipelineFile(Path file) {
    this.directory = file.toAbsolutePath().normalize().resolveSibling("");
    this.mistakes = new Mistakes(file.toString());
  }

  /**
   * Reads and checks a pipeline file and the schemas that it names.
   *
   * @param file YAML; the paths in it are relative to it
   * @throws PipelineException with every mistake at once, if there is any
   */
  public static Pipeline load(Path file) {
    PipelineFile reader = new PipelineFile(file);
    Node root = reader.compose(file);
    Pipeline pipeline =
        root == null ? null : reader.pipeline(new Entry("", 1, root, reader.mistakes));
    if (pipeline == null || reader.mistakes.count() > 0) {
      throw reader.mistakes.exception();
    }
    return pipeline;
  }

  /** The file as a tree of nodes, each of which knows its line; null where it is no YAML. */
  private @Nullable Node compose(Path file) {
    try (Reader text = Files.newBufferedReader(file)) {
      Node root = new Yaml(new LoaderOptions()).compose(text);
      if (root == null) {
        mistakes.add(1, "", "the file is empty", "a pipeline", null);
      }
      return root;
    } catch (IOException unreadable) {
      mistakes.add(1, "", "cannot be read: " + unreadable, "a pipeline file", null);
    } catch (MarkedYAMLException malformed) {
      Mark mark = malformed.getProblemMark();
      int line = mark == null ? 1 : mark.getLine() + 1;
      mistakes.add(line, "", "no YAML: " + malformed.getProblem(), null, null);
    } catch (YAMLException malformed) {
      mistakes.add(1, "", "no YAML: " + malformed.getMessage(), null, null);
    }
    return null;
  }

  private Pipeline pipeline(Entry root) {
    Section section = root.section();
    Entry name = section.required("name", "the pipeline's name");
    String nameText = name == null ? null : name.text(Names.NAME, Names.NAME_EXPECTED);
    Guarantee guarantee = section.constant("guarantee", Guarantee.EXACTLY_ONCE);
    int partitions = section.integer("partitions", 1, PARTITIONS);
    Sources sources = sources(nameText, section.required("sources", "a source by its name"));
    Source scored = sources.named(section.required("score", "the source whose events are scored"));
    Entry features = section.optional("features");
    Map<String, FeatureView> views = views(features, sources, scored);
    Entry model = section.optional("model");
    Entry labels = section.optional("labels");
    Entry drift = section.optional("drift");
    Entry retrain = section.optional("retrain");
    section.close();
    if (model == null && features != null && scored != null) {
      checkCollected(features, scored, views.values());
    }
    return new Pipeline(
        nameText == null ? "" : nameText,
        guarantee,
        partitions,
        sources.all(),
        scored == null ? "" : scored.name(),
        views,
        model == null ? null : ModelReader.read(model, scored, views, broken, directory),
        labels == null ? null : LoopReader.labels(labels, sources, scored),
        drift == null ? null : LoopReader.drift(drift),
        retrain == null ? null : LoopReader.retrain(retrain, labels != null));
  }

  private Sources sources(@Nullable String pipeline, @Nullable Entry entry) {
    Sources sources = new Sources();
    if (entry == null) {
      return sources;
    }
    Map<String, String> byTopic = new HashMap<>();
    Section section = entry.section();
    for (Map.Entry<String, Entry> each : section.named()) {
      Source source = SourceReader.read(each.getKey(), each.getValue(), directory);
      sources.add(each.getKey(), source);
      if (source != null && !source.topic().isEmpty()) {
        String other = byTopic.putIfAbsent(source.topic(), source.name());
        if (other != null) {
          each.getValue().wrong("'" + other + "' reads the same topic", "a topic of its own");
        }
        if (source.topic().startsWith("millrace." + pipeline + ".")) {
          each.getValue().wrong("reads a topic that the pipeline writes", "a topic of producers");
        }
      }
    }
    if (entry.isMapping() && section.named().isEmpty()) {
      entry.wrong("there is no source", "a source by its name");
    }
    return sources;
  }

  private Map<String, FeatureView> views(
      @Nullable Entry entry, Sources sources, @Nullable Source scored) {
    Map<String, FeatureView> views = new LinkedHashMap<>();
    if (entry != null) {
      for (Map.Entry<String, Entry> each : entry.section().named()) {
        int before = mistakes.count();
        FeatureView view = FeatureViewReader.read(each.getKey(), each.getValue(), sources, scored);
        if (view != null) {
          views.put(view.name(), view);
        }
        if (view == null || mistakes.count() > before) {
          broken.add(each.getKey());
        }
      }
    }
    return views;
  }

  /** Without a model every feature is an input, under a name that joins the view's and its own. */
  private static void checkCollected(Entry entry, Source scored, Collection<FeatureView> views) {
    Set<String> names = new HashSet<>();
    for (ModelInput input : Inputs.all(scored, views)) {
      if (!names.add(input.name())) {
        entry.wrong(
            "'" + input.expression() + "' would be the second input '" + input.name() + "'",
            "another name for the view or the feature");
      }
    }
  }
}
