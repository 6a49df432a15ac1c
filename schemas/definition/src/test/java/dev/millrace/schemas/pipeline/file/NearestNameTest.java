package dev.millrace.schemas.pipeline.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class NearestNameTest {
  @Test
  void findsTheNearest() {
    List<String> known = List.of("windows", "operations", "where", "as", "input");
    assertThat(NearestName.of("windoes", known)).isEqualTo("windows");
    assertThat(NearestName.of("WINDOWS", known)).isEqualTo("windows");
    assertThat(NearestName.of("operation", known)).isEqualTo("operations");
    assertThat(NearestName.of("lateness", known)).isNull();
    assertThat(NearestName.of("x", List.of())).isNull();
  }

  @Property
  void distanceEqualsTheDefinition(
      @ForAll @CharRange(from = 'a', to = 'c') @StringLength(max = 5) String from,
      @ForAll @CharRange(from = 'a', to = 'c') @StringLength(max = 5) String to) {
    assertThat(NearestName.distance(from, to)).isEqualTo(recursive(from, to));
  }

  /** The recurrence of textbooks, applied to the first letters instead of the last. */
  private static int recursive(String from, String to) {
    if (from.isEmpty() || to.isEmpty()) {
      return from.length() + to.length();
    }
    String fromRest = from.substring(1);
    String toRest = to.substring(1);
    int replaced = recursive(fromRest, toRest) + (from.charAt(0) == to.charAt(0) ? 0 : 1);
    int least = Math.min(replaced, Math.min(recursive(fromRest, to), recursive(from, toRest)) + 1);
    boolean swapped =
        from.length() > 1
            && to.length() > 1
            && from.charAt(0) == to.charAt(1)
            && from.charAt(1) == to.charAt(0);
    return swapped ? Math.min(least, recursive(from.substring(2), to.substring(2)) + 1) : least;
  }
}
