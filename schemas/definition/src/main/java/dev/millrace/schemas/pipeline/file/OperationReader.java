package dev.millrace.schemas.pipeline.file;

import dev.millrace.schemas.expression.Type;
import dev.millrace.schemas.operation.Operation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the {@code operations} of an aggregate, and the {@code categories} of its histogram. */
final class OperationReader {
  static final ValueSpec.Words FORM = words();

  private static final KeySpec<ValueSpec.ListOf> OPERATIONS =
      KeySpec.required(
          "operations",
          new ValueSpec.ListOf(FORM, true, "a list of operations"),
          "a list of operations");
  private static final KeySpec<ValueSpec.ListOf> CATEGORIES =
      KeySpec.optional(
          "categories",
          new ValueSpec.ListOf(ValueSpec.Text.of("a value of the input"), true, "a list of values"),
          "the values of the input that a histogram counts; it has a feature for each");

  static final List<KeySpec<?>> KEYS = List.of(OPERATIONS, CATEGORIES);

  private static final Pattern NUMBERED = Pattern.compile("(.*?)[1-9][0-9]?");

  /**
   * An operation with its argument.
   *
   * @param name as in the file, such as {@code p95}
   * @param category the name part of a histogram's category; null for other operations
   * @param value its place in the file
   */
  record Chosen(
      Operation operation,
      @Nullable String argument,
      String name,
      @Nullable String category,
      YamlValue value) {}

  private final List<Chosen> chosen = new ArrayList<>();

  private OperationReader() {}

  private static ValueSpec.Words words() {
    TreeSet<String> words = new TreeSet<>();
    TreeMap<String, Integer> numbered = new TreeMap<>();
    for (Operation operation : Operation.values()) {
      if (operation.maxNumber() == 0) {
        words.add(operation.word());
      } else {
        numbered.put(operation.word(), operation.maxNumber());
      }
    }
    return new ValueSpec.Words(words, numbered);
  }

  /**
   * Reads both keys.
   *
   * @param input of the aggregate; null if it has none
   * @param source name of the view's source
   */
  static List<Chosen> read(
      YamlMapping mapping, AggregateReader.@Nullable Input input, String source) {
    YamlValue operations = mapping.value(OPERATIONS);
    YamlValue categories = mapping.value(CATEGORIES);
    OperationReader reader = new OperationReader();
    List<YamlValue> items = operations == null ? List.of() : operations.list(OPERATIONS.form());
    Set<String> names = new HashSet<>();
    for (YamlValue item : items) {
      String name = item.word("operation", FORM);
      if (name != null && !names.add(name)) {
        item.wrong("duplicate operation", null);
      } else if (name != null) {
        reader.add(name, item, categories);
        check(operation(name), item, input, source);
      }
    }
    if (categories != null && names.stream().noneMatch(name -> operation(name).needsCategory())) {
      categories.wrong("is of no use without the operation histogram", null);
    }
    return reader.chosen;
  }

  private static Operation operation(String name) {
    Matcher numbered = NUMBERED.matcher(name);
    String word = numbered.matches() ? numbered.group(1) : name;
    return Arrays.stream(Operation.values())
        .filter(operation -> operation.word().equals(word))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no operation has the name " + name));
  }

  private void add(String name, YamlValue item, @Nullable YamlValue categories) {
    Operation operation = operation(name);
    if (!operation.needsCategory()) {
      String number = name.substring(operation.word().length());
      chosen.add(new Chosen(operation, number.isEmpty() ? null : number, name, null, item));
      return;
    }
    if (categories == null) {
      item.wrong(name + " has no categories", "categories: a list of values of the input");
      return;
    }
    for (YamlValue category : categories.list(CATEGORIES.form())) {
      String text = category.text("a value of the input");
      if (text != null) {
        String part = text.replaceAll("[^A-Za-z0-9_]", "_");
        chosen.add(new Chosen(operation, text, name, part, item));
      }
    }
  }

  private static void check(
      Operation operation, YamlValue value, AggregateReader.@Nullable Input input, String source) {
    String name = String.valueOf(value.word("operation", FORM));
    if (input == null) {
      if (operation.needsInput()) {
        value.wrong(name + " has no input", "input: a field of '" + source + "', or an expression");
      }
      return;
    }
    Type type = input.type();
    String needed = operation.input().words();
    if (type != null && !operation.input().accepts(type)) {
      value.wrong(
          name + " needs " + needed + ", and " + input.described(), "an input that is " + needed);
    }
  }
}
