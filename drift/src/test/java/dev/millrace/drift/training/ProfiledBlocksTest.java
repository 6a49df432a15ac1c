package dev.millrace.drift.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.detect.Baseline;
import dev.millrace.schemas.model.ProfiledBlocks;
import org.junit.jupiter.api.Test;

/** The blocks as `millrace validate` reads them, without the classes of drift. */
class ProfiledBlocksTest {
  @Test
  void needsAsManyBlocksAsDrift() {
    assertThat(ProfiledBlocks.FEWEST).isEqualTo(Baseline.FEWEST);
  }
}
