package dev.millrace.schemas.streams.setup;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TopicCheckTest {
  @Test
  void namesTopicsThatAreMissingOrOfTheWrongSize() {
    List<String> wanted = List.of("clean", "rows", "gone");
    assertThat(TopicCheck.mistakes(Map.of("clean", 4, "rows", 3), wanted, wanted, 4))
        .hasSize(2)
        .anyMatch(mistake -> mistake.contains("rows has 3 partitions"))
        .anyMatch(mistake -> mistake.contains("gone does not exist"));
  }

  @Test
  void namesTopicsThatDoNotFitWithTheCorrection() {
    List<String> wanted = List.of("raw", "clean", "late");
    List<String> keyed = List.of("clean");
    assertThat(TopicCheck.mistakes(Map.of("raw", 2, "clean", 4, "late", 9), wanted, keyed, 4))
        .isEmpty();
    assertThat(
            String.join("\n", TopicCheck.mistakes(Map.of("raw", 2, "clean", 3), wanted, keyed, 4)))
        .contains("topic late does not exist")
        .contains("topic clean has 3 partitions, but the pipeline's 'partitions' is 4")
        .contains("set it to 3");
  }
}
