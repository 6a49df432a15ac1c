package dev.millrace.schemas.pipeline.file;

import dev.millrace.schemas.pipeline.FeatureView;
import dev.millrace.schemas.pipeline.Guarantee;
import dev.millrace.schemas.pipeline.Join;
import dev.millrace.schemas.pipeline.Labels;
import dev.millrace.schemas.pipeline.Lookup;
import dev.millrace.schemas.pipeline.Model;
import dev.millrace.schemas.pipeline.ModelInput;
import dev.millrace.schemas.pipeline.ModelInputs;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Source;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.reader.ReaderException;

/** Reads pipeline files. */
public final class PipelineFile {
  private static final KeySpec<ValueSpec.Text> NAME =
      KeySpec.required(
          "name",
          new ValueSpec.Text(Names.NAME, Names.NAME_EXPECTED),
          "the pipeline's name, a part of the names of its topics");
  private static final KeySpec<ValueSpec.Constant<Guarantee>> GUARANTEE =
      KeySpec.optional(
          "guarantee",
          new ValueSpec.Constant<>(Guarantee.class),
          "exactly_once",
          "the delivery guarantee; exactly_once: one committed prediction per event; at_least_once: lower latency, duplicates only after a crash");
  private static final KeySpec<ValueSpec.Whole> PARTITIONS =
      KeySpec.optional(
          "partitions",
          new ValueSpec.Whole(1),
          "4",
          "number of partitions of each topic of events");
  private static final KeySpec<ValueSpec.Named> SOURCES =
      KeySpec.required(
          "sources",
          new ValueSpec.Named(Names.NAME, Names.TAKEN_BY_TOPICS, SourceReader.FORM, 1),
          "the sources by name, each a stream of events that producers publish");
  private static final KeySpec<ValueSpec.Text> SCORE =
      KeySpec.required("score", KnownSources.FORM, "the source whose events are scored");
  private static final KeySpec<ValueSpec.Named> FEATURES =
      KeySpec.optional(
          "features",
          new ValueSpec.Named(Names.NAME, Names.TAKEN_BY_CEL, FeatureViewReader.FORM, 0),
          "the feature views by name, each the features of one entity, computed from one source");
  private static final KeySpec<ValueSpec.Truth> ALIGN =
      KeySpec.optional(
          "align",
          new ValueSpec.Truth(),
          "false",
          "whether a scored event's features are computed only when the sources have passed its time; true: they depend on the data alone, for replays; false: at once, from the events that were read");
  private static final KeySpec<ValueSpec.Named> LOOKUPS =
      KeySpec.optional(
          "lookups",
          new ValueSpec.Named(Names.NAME, Names.TAKEN_BY_CEL, LookupsReader.FORM, 0),
          "the lookups of views by other fields of the scored event, by name; a view that none of them names is looked up under its own name by the fields of its entity");
  private static final KeySpec<ValueSpec.Block> MODEL =
      KeySpec.optional(
          "model",
          ModelReader.FORM,
          "the model; without it, the pipeline collects training data of all fields and features");
  private static final KeySpec<ValueSpec.Block> LABELS =
      KeySpec.optional(
          "labels",
          LabelsReader.FORM,
          "where the labels of scored events come from; without it, there are no outcomes");
  private static final KeySpec<ValueSpec.Block> DRIFT =
      KeySpec.optional(
          "drift", DriftReader.FORM, "how drift is detected; without it, drift is not detected");
  private static final KeySpec<ValueSpec.Block> RETRAIN =
      KeySpec.optional(
          "retrain", RetrainReader.FORM, "when retraining is triggered; without it, it never is");
  private static final KeySpec<ValueSpec.Block> SKEW =
      KeySpec.optional(
          "skew",
          SkewReader.FORM,
          "when differences between served and true features are an alarm; without it, they are reported only");

  static final ValueSpec.Block FORM =
      ValueSpec.Block.of(
          NAME,
          GUARANTEE,
          PARTITIONS,
          SOURCES,
          SCORE,
          ALIGN,
          FEATURES,
          LOOKUPS,
          MODEL,
          LABELS,
          DRIFT,
          RETRAIN,
          SKEW);

  private final Path directory;
  private final Mistakes mistakes;

  /** Views and lookups with mistakes: inputs of the model that name them are not checked. */
  private final Set<String> broken = new HashSet<>();

  private PipelineFile(Path file) {
    this.directory = file.toAbsolutePath().normalize().resolveSibling("");
    this.mistakes = new Mistakes(file.toString());
  }

  /**
   * Reads and checks a pipeline file and the schemas that it names.
   *
   * @param file YAML; the paths in it are relative to it
   * @throws PipelineException with all mistakes, if there are any
   */
  public static Pipeline load(Path file) {
    PipelineFile reader = new PipelineFile(file);
    Node root = reader.compose(file);
    Pipeline pipeline =
        root == null ? null : reader.pipeline(new YamlValue("", 1, root, reader.mistakes));
    if (pipeline == null || reader.mistakes.count() > 0) {
      throw reader.mistakes.exception();
    }
    return pipeline;
  }

  /** The file as a tree of nodes, each with its line; null if it is not YAML. */
  private @Nullable Node compose(Path file) {
    try (Reader text = Files.newBufferedReader(file)) {
      Node root = new Yaml(new LoaderOptions()).compose(text);
      if (root == null) {
        mistakes.add(1, "", "the file is empty", "a pipeline", null);
      }
      return root;
    } catch (IOException failure) {
      mistakes.add(1, "", "cannot be read: " + problem(failure), "a pipeline file", null);
    } catch (MarkedYAMLException malformed) {
      Mark mark = malformed.getProblemMark();
      int line = mark == null ? 1 : mark.getLine() + 1;
      mistakes.add(line, "", "not YAML: " + malformed.getProblem(), null, null);
    } catch (ReaderException malformed) {
      String character = "U+%04X".formatted(malformed.getCodePoint());
      mistakes.add(1, "", "not YAML: the character " + character + " is not allowed", null, null);
    } catch (YAMLException malformed) {
      mistakes.add(1, "", "not YAML: " + malformed.getMessage(), null, null);
    }
    return null;
  }

  private static String problem(IOException failure) {
    if (failure instanceof NoSuchFileException) {
      return "there is no such file";
    }
    if (failure instanceof AccessDeniedException) {
      return "permission denied";
    }
    return failure instanceof CharacterCodingException
        ? "it is not text in UTF-8"
        : String.valueOf(failure.getMessage());
  }

  private Pipeline pipeline(YamlValue root) {
    YamlMapping mapping = root.mapping(FORM);
    String name = mapping.text(NAME);
    Guarantee guarantee = mapping.constant(GUARANTEE);
    int partitions = mapping.whole(PARTITIONS);
    KnownSources sources = sources(name, mapping.value(SOURCES));
    Source scored = sources.find(mapping.value(SCORE));
    boolean align = mapping.truth(ALIGN);
    YamlValue labelsValue = mapping.value(LABELS);
    Labels labels = labelsValue == null ? null : LabelsReader.read(labelsValue, sources, scored);
    YamlValue features = mapping.value(FEATURES);
    FeatureViewReader reader = new FeatureViewReader(sources, scored, labelsValue != null, labels);
    Map<String, FeatureView> views = features == null ? Map.of() : views(features, reader);
    YamlValue lookupsValue = mapping.value(LOOKUPS);
    Map<String, Lookup> lookups =
        scored == null
            ? Map.of()
            : new LookupsReader(views, scored, broken).read(lookupsValue, reader.entities());
    YamlValue modelValue = mapping.value(MODEL);
    YamlValue drift = mapping.value(DRIFT);
    YamlValue retrain = mapping.value(RETRAIN);
    YamlValue skew = mapping.value(SKEW);
    mapping.close();
    if (modelValue == null && features != null && scored != null) {
      checkCollected(features, scored, lookups.values());
    }
    Model model =
        modelValue == null
            ? null
            : ModelReader.read(modelValue, scored, lookups, broken, directory);
    FeedbackCheck.check(views.values(), reader.origins(), modelValue, model);
    List<ModelInput> inputs =
        modelValue == null && scored != null && broken.isEmpty()
            ? ModelInputs.all(scored, lookups.values())
            : List.of();
    Pipeline pipeline =
        new Pipeline(
            name == null ? "" : name,
            guarantee,
            partitions,
            sources.all(),
            scored == null ? "" : scored.name(),
            align,
            views,
            lookups,
            model,
            labels,
            drift == null ? null : DriftReader.read(drift, model == null ? inputs : model.inputs()),
            retrain == null ? null : RetrainReader.read(retrain, labelsValue != null, directory),
            skew == null ? null : SkewReader.read(skew));
    if (scored != null) {
      checkJoins(pipeline, reader.joins());
    }
    return pipeline;
  }

  private KnownSources sources(@Nullable String pipeline, @Nullable YamlValue value) {
    KnownSources sources = new KnownSources();
    if (value == null) {
      return sources;
    }
    Map<String, String> byTopic = new HashMap<>();
    Map<String, YamlValue> entries = value.entries();
    for (Map.Entry<String, YamlValue> each : entries.entrySet()) {
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
    if (value.isMapping() && entries.isEmpty()) {
      value.wrong("there is no source", "a source by its name");
    }
    return sources;
  }

  private Map<String, FeatureView> views(YamlValue value, FeatureViewReader reader) {
    Map<String, FeatureView> views = new LinkedHashMap<>();
    for (Map.Entry<String, YamlValue> each : value.entries().entrySet()) {
      int before = mistakes.count();
      FeatureView view = reader.read(each.getKey(), each.getValue());
      if (view != null) {
        views.put(view.name(), view);
      }
      if (view == null || mistakes.count() > before) {
        broken.add(each.getKey());
      }
    }
    return views;
  }

  /** The rows of a view that is keyed as the scored source are where its events are. */
  private void checkJoins(Pipeline pipeline, Map<String, YamlValue> joins) {
    for (FeatureView view : pipeline.features().values()) {
      YamlValue join = joins.get(view.name());
      if (join != null
          && view.join() == Join.REPARTITION
          && !broken.contains(view.name())
          && pipeline.isKeyedAsScored(view)) {
        join.wrong(
            "view '%s' is looked up only by '%s', the key of the scored source '%s': each of its rows is kept in the partition of the events that need it, so nothing is joined"
                .formatted(view.name(), pipeline.scored().key(), pipeline.score()),
            "no 'join', or a lookup of the view by another field");
      }
    }
  }

  /**
   * Without a model every feature is an input, under the name of the lookup joined with its own.
   */
  private static void checkCollected(YamlValue value, Source scored, Collection<Lookup> lookups) {
    Set<String> names = new HashSet<>();
    for (ModelInput input : ModelInputs.all(scored, lookups)) {
      if (!names.add(input.name())) {
        value.wrong(
            "'" + input.expression() + "' would be the second input '" + input.name() + "'",
            "another name for the lookup or the feature");
      }
    }
  }
}
