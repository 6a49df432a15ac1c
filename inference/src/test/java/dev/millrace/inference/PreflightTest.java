package dev.millrace.inference;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PreflightTest {
  @Test
  void topicsThatAreMissingOrOfTheWrongSizeAreNamed() {
    assertThat(
            Preflight.mistakes(Map.of("clean", 4, "rows", 3), List.of("clean", "rows", "gone"), 4))
        .hasSize(2)
        .anyMatch(mistake -> mistake.contains("rows has 3 partitions"))
        .anyMatch(mistake -> mistake.contains("gone does not exist"));
  }
}
