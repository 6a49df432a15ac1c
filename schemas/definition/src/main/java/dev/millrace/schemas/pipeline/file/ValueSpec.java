package dev.millrace.schemas.pipeline.file;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The form of the value of a {@link KeySpec}, as far as it can be checked in the file alone. */
sealed interface ValueSpec {

  /**
   * A text.
   *
   * @param pattern that the whole text must match; null for any text
   * @param expected description of the pattern
   */
  record Text(@Nullable Pattern pattern, String expected) implements ValueSpec {
    static Text of(String expected) {
      return new Text(null, expected);
    }
  }

  /**
   * A duration.
   *
   * @param mayBeZero whether zero is allowed
   * @param word allowed in place of a duration; null: none
   */
  record Time(boolean mayBeZero, @Nullable String word) implements ValueSpec {
    static final Time ANY = new Time(true, null);
    static final Time POSITIVE = new Time(false, null);
  }

  /** A whole number that is not smaller than the given one. */
  record Whole(int least) implements ValueSpec {}

  /** A number within bounds, both included. */
  record Decimal(double least, double most) implements ValueSpec {}

  /**
   * A constant of an enum, in lower case.
   *
   * @param separator of its words in the file
   */
  record Constant<E extends Enum<E>>(Class<E> type, char separator) implements ValueSpec {
    Constant(Class<E> type) {
      this(type, '_');
    }

    /** The constants by their names in the file, in alphabetical order. */
    Map<String, E> byName() {
      Map<String, E> constants = new TreeMap<>();
      for (E constant : type.getEnumConstants()) {
        constants.put(constant.name().toLowerCase(Locale.ROOT).replace('_', separator), constant);
      }
      return constants;
    }
  }

  /**
   * A word of a list, or a word to which a number from 1 is appended.
   *
   * @param words the words without a number
   * @param numbered by word, the largest number
   */
  record Words(SortedSet<String> words, SortedMap<String, Integer> numbered) implements ValueSpec {
    /** All words, with each of their numbers. */
    List<String> all() {
      List<String> all = new ArrayList<>(words);
      numbered.forEach(
          (word, most) -> IntStream.rangeClosed(1, most).forEach(number -> all.add(word + number)));
      return all;
    }

    /** The words for an error message. */
    String expected() {
      StringBuilder text = new StringBuilder("one of " + String.join(", ", words));
      numbered.forEach(
          (word, most) -> text.append(", ").append(word).append("1 to ").append(word).append(most));
      return text.toString();
    }
  }

  /** true or false. */
  record Truth() implements ValueSpec {}

  /** A CEL expression, which may also be written as a number, true or false. */
  record Cel() implements ValueSpec {}

  /**
   * A list of one item at least.
   *
   * @param isDistinct whether each item may occur only once
   * @param expected description of the list
   */
  record ListOf(ValueSpec item, boolean isDistinct, String expected) implements ValueSpec {}

  /** A text, or a list of several. */
  record TextOrList(Text text) implements ValueSpec {}

  /** A duration, or a mapping. */
  record TimeOrBlock(Time time, Block block) implements ValueSpec {}

  /** A constant of an enum, or a mapping. */
  record ConstantOrBlock<E extends Enum<E>>(Constant<E> constant, Block block)
      implements ValueSpec {}

  /** A mapping with these keys and no others. */
  record Block(List<KeySpec<?>> keys) implements ValueSpec {
    static Block of(KeySpec<?>... keys) {
      return new Block(List.of(keys));
    }
  }

  /**
   * A mapping whose keys are names that the user gives.
   *
   * @param name pattern of a name; null for any
   * @param taken names that are not allowed
   * @param value of each name
   * @param least smallest number of names
   */
  record Named(@Nullable Pattern name, Set<String> taken, ValueSpec value, int least)
      implements ValueSpec {}

  /** A text, or a mapping of one name to a value. */
  record TextOrNamed(Text text, Pattern name, ValueSpec value) implements ValueSpec {}
}
