package dev.millrace.schemas.pipeline;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/**
 * The fields whose values together name an entity.
 *
 * @param fields at least one, in the order of their values in the key
 */
public record EntityKey(List<String> fields) implements Serializable {
  private static final char SEPARATOR = '|';
  private static final char ESCAPE = '\\';

  public EntityKey {
    fields = List.copyOf(fields);
  }

  /** The key of these fields. */
  public static EntityKey of(String... fields) {
    return new EntityKey(List.of(fields));
  }

  /**
   * The entity of an event as text: the field's value; of several fields their values, separated by
   * {@code |}, with {@code \\} before each {@code |} and {@code \\} of a value.
   *
   * @return null if one of the fields is null
   */
  public @Nullable String of(GenericRecord event) {
    if (fields.size() == 1) {
      return text(event, fields.get(0));
    }
    List<String> values = new ArrayList<>(fields.size());
    for (String field : fields) {
      String value = text(event, field);
      if (value == null) {
        return null;
      }
      values.add(value);
    }
    return of(values);
  }

  /**
   * The entity of the fields' values, as {@link #of(GenericRecord)} writes it.
   *
   * @param values the texts of the fields' values
   * @throws IllegalArgumentException if these are not as many as the fields
   */
  public String of(List<String> values) {
    if (values.size() != fields.size()) {
      throw new IllegalArgumentException(
          "%d values for the fields %s".formatted(values.size(), this));
    }
    if (values.size() == 1) {
      return values.get(0);
    }
    StringBuilder key = new StringBuilder();
    for (String value : values) {
      if (key.length() > 0) {
        key.append(SEPARATOR);
      }
      escape(value, key);
    }
    return key.toString();
  }

  private static @Nullable String text(GenericRecord event, String field) {
    Object value = Fields.value(event, field);
    return value == null ? null : value.toString();
  }

  private static void escape(String value, StringBuilder key) {
    for (int i = 0; i < value.length(); i++) {
      char character = value.charAt(i);
      if (character == SEPARATOR || character == ESCAPE) {
        key.append(ESCAPE);
      }
      key.append(character);
    }
  }

  /** The fields, as in {@code customer_id} or {@code merchant_id, device_id}. */
  @Override
  public String toString() {
    return String.join(", ", fields);
  }
}
