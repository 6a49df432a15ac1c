package dev.millrace.ingest.check;

import dev.millrace.ingest.check.CheckedEvent.Rejected;
import dev.millrace.schemas.codec.RejectionCode;
import dev.millrace.schemas.expression.Expression;
import dev.millrace.schemas.pipeline.Fields;
import dev.millrace.schemas.pipeline.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/**
 * The contract rules of a source.
 *
 * <p>A rule that names a null field is kept, like a CHECK constraint in SQL, unless it tests for
 * null itself. NaN breaks every rule that names its field: a comparison with NaN is false, so its
 * negation would accept NaN.
 */
final class Contract {
  private static final int LONGEST_VALUE = 100;

  private final List<Rule> rules;

  Contract(Source source) {
    rules = new ArrayList<>();
    source
        .contract()
        .forEach(
            (name, rule) -> {
              Set<String> fields = new TreeSet<>(rule.references());
              rules.add(new Rule(name, rule, fields, masked(source.schema(), fields)));
            });
  }

  /** Rejects an event that breaks a rule, naming the first one; null if the event keeps all. */
  @Nullable Rejected rejection(GenericRecord event) {
    for (Rule rule : rules) {
      if (!isKept(rule, event)) {
        return new Rejected(
            RejectionCode.CONTRACT,
            "rule %s (%s) is broken: %s"
                .formatted(rule.name, rule.expression.source(), values(rule, event)));
      }
    }
    return null;
  }

  private static boolean isKept(Rule rule, GenericRecord event) {
    boolean namesNull = false;
    for (String field : rule.fields) {
      Object value = Fields.value(event, field);
      namesNull |= value == null;
      if (value instanceof Double number && number.isNaN()) {
        return false;
      }
    }
    Object result = rule.expression.evaluate(field -> Fields.value(event, field));
    // Without a null field, a missing result means that the values do not admit one, such as 1 / 0.
    return result == null ? namesNull : (Boolean) result;
  }

  private static String values(Rule rule, GenericRecord event) {
    return rule.fields.stream()
        .map(
            field ->
                field
                    + " = "
                    + (rule.masked.contains(field) ? "***" : text(Fields.value(event, field))))
        .collect(Collectors.joining(", "));
  }

  private static String text(@Nullable Object value) {
    String text = String.valueOf(value);
    return text.length() <= LONGEST_VALUE ? text : text.substring(0, LONGEST_VALUE) + "...";
  }

  /** Fields with the Avro property {@code pii}, whose values no message may show. */
  private static Set<String> masked(Schema schema, Set<String> fields) {
    return fields.stream()
        .filter(
            field -> {
              Schema.Field declared = schema.getField(field);
              return declared != null && declared.getObjectProp("pii") != null;
            })
        .collect(Collectors.toUnmodifiableSet());
  }

  /**
   * A rule and the fields it names.
   *
   * @param masked the fields whose values no message may show
   */
  private record Rule(String name, Expression expression, Set<String> fields, Set<String> masked) {}
}
