package dev.millrace.deploy.evolution;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LineDifferenceTest {
  @Test
  void showsTheLinesThatDifferByTheirKeys() {
    String before = "from: a\ncount_1h: count over 1h\nold: x\n";
    String after = "from: a\ncount_1h: count over 60m\nnew: y\n";

    assertThat(LineDifference.of(before, after))
        .containsExactly(
            "- count_1h: count over 1h", "+ count_1h: count over 60m", "- old: x", "+ new: y");
    assertThat(LineDifference.keys(before, after)).containsExactly("count_1h", "old", "new");
  }

  @Test
  void equalTextsDoNotDifferButAnotherOrderIsSaid() {
    assertThat(LineDifference.of("a: 1\n", "a: 1\n")).isEmpty();
    assertThat(LineDifference.of("a: 1\nb: 2\n", "b: 2\na: 1\n")).hasSize(1);
  }
}
