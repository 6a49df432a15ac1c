package dev.millrace.schemas.pipeline.file;

import dev.millrace.schemas.expression.Expression;
import dev.millrace.schemas.expression.Type;
import dev.millrace.schemas.model.ModelArtifact;
import dev.millrace.schemas.pipeline.Lookup;
import dev.millrace.schemas.pipeline.Model;
import dev.millrace.schemas.pipeline.ModelInput;
import dev.millrace.schemas.pipeline.ModelInputs;
import dev.millrace.schemas.pipeline.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads {@code model}. */
final class ModelReader {
  private static final Set<Type> INPUT_TYPES =
      Set.of(Type.BOOLEAN, Type.LONG, Type.DOUBLE, Type.STRING);
  private static final ValueSpec.TextOrNamed INPUT =
      new ValueSpec.TextOrNamed(
          ValueSpec.Text.of("a field, a view's feature as view.feature, or name: expression"),
          Names.NAME,
          new ValueSpec.Cel());

  private static final KeySpec<ValueSpec.Text> NAME =
      KeySpec.required(
          "name",
          new ValueSpec.Text(
              Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}"),
              "letters, digits, ., _ and -, at most 64"),
          "the model's name");
  private static final KeySpec<ValueSpec.Text> PATH =
      KeySpec.optional(
          "path",
          ValueSpec.Text.of(
              "a directory that holds " + ModelArtifact.MODEL + ", relative to the pipeline file"),
          "directory of model.onnx and profile.json, relative to this file; without it, rows are written unscored, as training data");
  private static final KeySpec<ValueSpec.Text> SHADOW =
      KeySpec.optional(
          "shadow",
          ValueSpec.Text.of(
              "a directory that holds another "
                  + ModelArtifact.MODEL
                  + ", relative to the pipeline file"),
          "directory of another model.onnx with the same inputs and score, relative to this file: it scores each event beside the model, in the same prediction, and decides nothing");
  private static final KeySpec<ValueSpec.ListOf> INPUTS =
      KeySpec.required(
          "inputs",
          new ValueSpec.ListOf(INPUT, false, "a list, each " + INPUT.text().expected()),
          "a list of the model's inputs, in its order: a field of the scored event, a feature as lookup.feature (by default the view's name), or name: CEL expression");
  private static final KeySpec<ValueSpec.Text> SCORE =
      KeySpec.optional(
          "score",
          new ValueSpec.Text(
              Pattern.compile("[^\\s\\[\\]]+(\\[\\d{1,6}])?"),
              "a model output, as name or name[1]"),
          "the output that is the score: its name, or name[i] for the i-th value of a row, from 0; without it, the model's only output");
  private static final KeySpec<ValueSpec.Cel> POSITIVE =
      KeySpec.optional(
          "positive",
          new ValueSpec.Cel(),
          "the decision, a CEL condition over score; without it, no decision is made");

  static final ValueSpec.Block FORM =
      ValueSpec.Block.of(NAME, PATH, SHADOW, INPUTS, SCORE, POSITIVE);

  private final Map<String, Type> variables;
  private final Set<String> broken;
  private final List<ModelInput> inputs = new ArrayList<>();
  private final Set<String> names = new HashSet<>();

  private ModelReader(Map<String, Type> variables, Set<String> broken) {
    this.variables = variables;
    this.broken = broken;
  }

  /**
   * Reads a model.
   *
   * @param scored null if it is unknown: the inputs are not checked then
   * @param broken names of views and lookups with mistakes: inputs that name them are not checked
   */
  static Model read(
      YamlValue value,
      @Nullable Source scored,
      Map<String, Lookup> lookups,
      Set<String> broken,
      Path directory) {
    YamlMapping mapping = value.mapping(FORM);
    String name = mapping.text(NAME);
    YamlValue path = mapping.value(PATH);
    YamlValue shadow = mapping.value(SHADOW);
    YamlValue inputs = mapping.value(INPUTS);
    String score = mapping.text(SCORE);
    YamlValue positive = mapping.value(POSITIVE);
    mapping.close();
    List<ModelInput> read = List.of();
    if (inputs != null && scored != null) {
      ModelReader reader = new ModelReader(ModelInputs.variables(scored, lookups.values()), broken);
      inputs.list(INPUTS.form()).forEach(reader::input);
      read = reader.inputs;
    }
    Path champion = path == null ? null : path(path, directory, PATH.form().expected());
    return new Model(
        name == null ? "" : name,
        champion,
        shadow == null ? null : shadow(shadow, directory, path != null, champion),
        read,
        score,
        positive == null
            ? null
            : positive.expression(
                Map.of("score", Type.DOUBLE), Set.of(Type.BOOLEAN), "a condition over score"));
  }

  /**
   * The directory of the shadow.
   *
   * @param hasChampion whether {@code path} is set
   * @param champion directory of the model; null if there is none, or none with a model
   */
  private static @Nullable Path shadow(
      YamlValue value, Path directory, boolean hasChampion, @Nullable Path champion) {
    String expected = SHADOW.form().expected();
    if (!hasChampion) {
      value.wrong("the model has no path, so there is nothing to compare with", "path: DIRECTORY");
    }
    Path path = path(value, directory, expected);
    if (path == null || champion == null) {
      return path;
    }
    try {
      if (Files.mismatch(ModelArtifact.model(champion), ModelArtifact.model(path)) == -1) {
        value.wrong(
            "%s and %s are the same version, %s"
                .formatted(
                    ModelArtifact.model(path),
                    ModelArtifact.model(champion),
                    ModelArtifact.read(path).version()),
            expected);
      }
    } catch (IOException e) {
      value.wrong("%s cannot be compared with path: %s".formatted(path, e), expected);
    }
    return path;
  }

  private static @Nullable Path path(YamlValue value, Path directory, String expected) {
    String text = value.text(expected);
    if (text == null) {
      return null;
    }
    Path path = directory.resolve(text);
    if (!Files.isDirectory(path)) {
      value.wrong("there is no directory at " + path, expected);
      return null;
    }
    if (!Files.isRegularFile(ModelArtifact.model(path))) {
      value.wrong("there is no " + ModelArtifact.MODEL + " in " + path, expected);
      return null;
    }
    return path;
  }

  private void input(YamlValue value) {
    String expected = INPUT.text().expected();
    if (value.isMapping()) {
      Map<String, YamlValue> named = value.entries();
      if (named.size() != 1) {
        value.wrong("is not one input but " + named.size(), expected);
      }
      named.forEach(this::onDemand);
      return;
    }
    String variable = value.text(expected);
    if (variable == null) {
      return;
    }
    if (variables.containsKey(variable) || namesBroken(variable)) {
      add(ModelInputs.inputName(variable), value);
    } else if (variable.matches("[\\w.]+")) {
      value.unknown("input", variable, variables.keySet());
    } else {
      value.wrong("the expression '" + variable + "' has no name", "name: " + variable);
    }
  }

  private void onDemand(String name, YamlValue value) {
    if (!INPUT.name().matcher(name).matches()) {
      value.wrong("the name '" + name + "' is not valid", Names.NAME_EXPECTED);
      return;
    }
    add(name, value);
  }

  private void add(String name, YamlValue value) {
    if (!names.add(name)) {
      value.wrong("duplicate input '" + name + "'", "another name, as name: expression");
    }
    String text = value.text(INPUT.text());
    if (text == null || namesBroken(text)) {
      return;
    }
    Expression expression = value.expression(variables, INPUT_TYPES, "a number, text or boolean");
    if (expression != null) {
      inputs.add(ModelInputs.input(name, expression));
    }
  }

  private boolean namesBroken(String text) {
    return broken.stream()
        .anyMatch(view -> Pattern.compile("\\b" + Pattern.quote(view + ".")).matcher(text).find());
  }
}
