package dev.millrace.schemas.pipeline;

import dev.millrace.schemas.expression.Expression;
import dev.millrace.schemas.expression.Type;
import dev.millrace.schemas.model.ModelArtifact;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads {@code model}. */
final class ModelReader {
  private static final Pattern MODEL_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
  private static final Pattern OUTPUT = Pattern.compile("[^\\s\\[\\]]+(\\[\\d{1,6}])?");
  private static final Set<Type> INPUTS = Set.of(Type.BOOLEAN, Type.LONG, Type.DOUBLE, Type.STRING);
  private static final String INPUT_EXPECTED =
      "a field, a view's feature as view.feature, or name: expression";

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
   * @param scored null where it is not known: then the inputs are not looked at
   * @param broken names of views with mistakes: inputs that name them are not looked at
   */
  static Model read(
      Entry entry,
      @Nullable Source scored,
      Map<String, FeatureView> views,
      Set<String> broken,
      Path directory) {
    Section section = entry.section();
    Entry name = section.required("name", "the model's name");
    String nameText =
        name == null ? null : name.text(MODEL_NAME, "letters, digits, ., _ and -, at most 64");
    Entry path = section.optional("path");
    Entry inputs = section.required("inputs", "a list of the model's inputs, in its order");
    Entry score = section.optional("score");
    Entry positive = section.optional("positive");
    section.close();
    List<ModelInput> read = List.of();
    if (inputs != null && scored != null) {
      ModelReader reader = new ModelReader(Inputs.variables(scored, views.values()), broken);
      inputs.list("a list, each " + INPUT_EXPECTED).forEach(reader::input);
      read = reader.inputs;
    }
    return new Model(
        nameText == null ? "" : nameText,
        path == null ? null : path(path, directory),
        read,
        score == null ? null : score.text(OUTPUT, "a model output, as name or name[1]"),
        positive == null
            ? null
            : positive.expression(
                Map.of("score", Type.DOUBLE), Set.of(Type.BOOLEAN), "a condition over score"));
  }

  private static @Nullable Path path(Entry entry, Path directory) {
    String expected = "a directory that holds " + ModelArtifact.MODEL + ", from the pipeline's";
    String text = entry.text(expected);
    if (text == null) {
      return null;
    }
    Path path = directory.resolve(text);
    if (!Files.isDirectory(path)) {
      entry.wrong("there is no directory at " + path, expected);
    } else if (!Files.isRegularFile(ModelArtifact.model(path))) {
      entry.wrong("there is no " + ModelArtifact.MODEL + " in " + path, expected);
    }
    return path;
  }

  private void input(Entry entry) {
    if (entry.isMapping()) {
      Collection<Map.Entry<String, Entry>> named = entry.section().named();
      if (named.size() != 1) {
        entry.wrong("is not one input but " + named.size(), INPUT_EXPECTED);
      }
      named.forEach(each -> onDemand(each.getKey(), each.getValue()));
      return;
    }
    String variable = entry.text(INPUT_EXPECTED);
    if (variable == null) {
      return;
    }
    if (variables.containsKey(variable) || namesBroken(variable)) {
      add(Inputs.inputName(variable), entry);
    } else if (variable.matches("[\\w.]+")) {
      entry.unknown("input", variable, variables.keySet());
    } else {
      entry.wrong("the expression '" + variable + "' has no name", "name: " + variable);
    }
  }

  private void onDemand(String name, Entry entry) {
    if (!Names.NAME.matcher(name).matches()) {
      entry.wrong("the name '" + name + "' does not do", Names.NAME_EXPECTED);
      return;
    }
    add(name, entry);
  }

  private void add(String name, Entry entry) {
    if (!names.add(name)) {
      entry.wrong("the input '" + name + "' is there already", "another name, as name: expression");
    }
    String text = entry.text(INPUT_EXPECTED);
    if (text == null || namesBroken(text)) {
      return;
    }
    Expression expression = entry.expression(variables, INPUTS, "a number, text or boolean");
    if (expression != null) {
      inputs.add(Inputs.input(name, expression));
    }
  }

  private boolean namesBroken(String text) {
    return broken.stream()
        .anyMatch(view -> Pattern.compile("\\b" + Pattern.quote(view + ".")).matcher(text).find());
  }
}
