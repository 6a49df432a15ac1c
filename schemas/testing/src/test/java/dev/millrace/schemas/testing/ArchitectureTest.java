package dev.millrace.schemas.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Each rule is broken once by the classes of {@code example}. */
class ArchitectureTest {
  private static Architecture example() {
    return Architecture.of(
        "dev.millrace.schemas.testing.example", Path.of("target", "test-classes"));
  }

  @Test
  void acceptsTheDeclaredPackagesAndArrows() {
    assertThat(example().room("upper").room("lower", "upper").pure("upper").violations()).isEmpty();
  }

  @Test
  void reportsAnUndeclaredArrowAlsoInTheTypeOfAnArray() {
    assertThat(example().room("lower").room("upper").violations())
        .containsExactly(
            "'lower' -> 'upper' is not declared:"
                + " dev.millrace.schemas.testing.example.lower.Lower");
  }

  @Test
  void reportsAnUnusedArrow() {
    assertThat(example().room("").room("upper", "").room("lower", "upper").violations())
        .containsExactlyInAnyOrder(
            "package '' is declared, but has no class", "'upper' -> '' is declared, but not used");
  }

  @Test
  void reportsAnUndeclaredPackage() {
    assertThat(example().room("upper").violations()).contains("package 'lower' is not declared");
  }

  @Test
  void rejectsACycle() {
    assertThatThrownBy(() -> example().room("upper", "lower").room("lower", "upper"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("package 'upper' uses 'lower', which is not declared before it");
  }

  @Test
  void reportsALibraryInAPurePackage() {
    assertThat(example().room("upper").room("lower", "upper").pure("lower").violations())
        .anyMatch(line -> line.startsWith("'lower' may not use org.slf4j.Logger:"));
  }

  @Test
  void reportsALibraryInAPackageThatMayNotUseIt() {
    assertThat(
            example().room("upper").room("lower", "upper").only("org.slf4j.", "upper").violations())
        .anyMatch(line -> line.startsWith("'lower' may not use org.slf4j.Logger:"));
  }

  @Test
  void aRuleForAPackageThatIsNotDeclaredIsFound() {
    assertThat(
            example()
                .room("upper")
                .room("lower", "upper")
                .pure("lowr")
                .only("org.slf4j.", "lower", "uper")
                .violations())
        .containsExactly(
            "a rule names package 'lowr', which is not declared",
            "a rule names package 'uper', which is not declared");
  }

  @Test
  void checkThrowsWithAllViolations() {
    assertThatThrownBy(() -> example().room("upper").check())
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("has 1 violations:");
  }
}
