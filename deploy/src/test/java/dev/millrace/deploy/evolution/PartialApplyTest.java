package dev.millrace.deploy.evolution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.deploy.evolution.Plan.Affected;
import dev.millrace.deploy.platform.PartialApply;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartialApplyTest {
  private static final Path FIRST = Path.of("first.yaml");
  private static final Path SECOND = Path.of("second.yaml");

  @Test
  void onlyAnotherDefinitionThatWasAppliedInPartCounts(@TempDir Path directory) {
    PartialApply before = new PartialApply(directory);
    assertThat(before.other(FIRST)).isNull();
    before.begin(FIRST);

    PartialApply after = new PartialApply(directory);
    assertThat(after.other(FIRST)).isNull();
    assertThat(after.other(SECOND)).isEqualTo(new PartialApply.Other("first.yaml"));
    after.begin(SECOND);
    assertThat(after.other(FIRST)).isEqualTo(new PartialApply.Other("second.yaml"));
    after.end();
    assertThat(after.other(FIRST)).isNull();
  }

  /** The previous file may be that of the generation that serves. */
  @Test
  void thePreviousFileIsAppliedToAllProcesses() {
    Plan unchanged =
        new Plan(
            "shop", "g", "g", List.of(), List.of(), List.of(), null, List.of(), List.of(),
            List.of(), List.of(), List.of(), Set.of(), List.of());
    assertThat(unchanged.isEmpty()).isTrue();

    Plan plan = unchanged.after(new PartialApply.Other("second.yaml"));
    assertThat(plan.isEmpty()).isFalse();
    assertThat(plan.restarts()).containsExactly(Affected.values());
    assertThat(PlanText.of(plan)).contains("some run with second.yaml");
  }
}
