package dev.millrace.deploy.evolution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.deploy.evolution.Plan.Affected;
import dev.millrace.deploy.platform.PartialApply;
import dev.millrace.deploy.platform.PartialApply.Interrupted;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartialApplyTest {
  private static final Path FIRST = Path.of("first.yaml");
  private static final Path SECOND = Path.of("second.yaml");
  private static final Plan UNCHANGED =
      new Plan(
          "shop", "g", "g", List.of(), List.of(), List.of(), null, false, List.of(), List.of(),
          List.of(), List.of(), List.of(), Set.of(), List.of());

  @Test
  void theInterruptedDefinitionIsRemembered(@TempDir Path directory) {
    PartialApply before = new PartialApply(directory);
    assertThat(before.interrupted(FIRST)).isNull();
    before.begin(FIRST);

    PartialApply after = new PartialApply(directory);
    assertThat(after.interrupted(FIRST)).isEqualTo(new Interrupted("first.yaml", true));
    assertThat(after.interrupted(SECOND)).isEqualTo(new Interrupted("first.yaml", false));
    after.begin(SECOND);
    assertThat(after.interrupted(FIRST)).isEqualTo(new Interrupted("second.yaml", false));
    after.end();
    assertThat(after.interrupted(FIRST)).isNull();
  }

  /** The first process that is restarted with the previous file is not all of them. */
  @Test
  void goingBackMayBeInterruptedToo(@TempDir Path directory) {
    PartialApply partial = new PartialApply(directory);
    partial.begin(FIRST);
    partial.begin(SECOND);
    partial.begin(SECOND);
    assertThat(partial.interrupted(SECOND)).isEqualTo(new Interrupted("first.yaml", false));
    partial.end();
    assertThat(partial.interrupted(SECOND)).isNull();
  }

  /** The previous file may be that of the generation that serves. */
  @Test
  void thePreviousFileIsAppliedToAllProcesses() {
    assertThat(UNCHANGED.isEmpty()).isTrue();
    Interrupted other = new Interrupted("second.yaml", false);
    Plan plan = UNCHANGED.after(other);
    assertThat(plan.isEmpty()).isFalse();
    assertThat(plan.restarts()).containsExactly(Affected.values());
    assertThat(PlanText.of(plan)).contains("some run with second.yaml");
    assertThat(PlanText.of(other, UNCHANGED))
        .contains("of second.yaml was interrupted", "restarts all of them");
  }

  @Test
  void theSameFileContinues() {
    Interrupted same = new Interrupted("first.yaml", true);
    assertThat(UNCHANGED.after(same)).isEqualTo(UNCHANGED);
    assertThat(PlanText.of(same, UNCHANGED))
        .contains("was interrupted after the file was in service", "ends what other");
    assertThat(PlanText.of(same, UNCHANGED.after(new Interrupted("second.yaml", false))))
        .contains("was interrupted. 'millrace apply' continues it");
  }
}
