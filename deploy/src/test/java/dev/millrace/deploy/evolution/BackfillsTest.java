package dev.millrace.deploy.evolution;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BackfillsTest {
  @Test
  void addsTheLookupsOfOneJob() {
    String metric = "flink_taskmanager_job_task_operator_pipeline_view_lookup_backfilling";
    String text =
        """
        # TYPE %1$s gauge
        %1$s{job_name="millrace_p_q_features_00ff",view="a",} 1.0
        %1$s{job_name="millrace_p_q_features_00ff",view="b",} 1.0
        %1$s{job_name="millrace_p_q_features_00ff",view="c",} 0.0
        %1$s{job_name="millrace_p_q_features_1234",view="a",} 1.0
        other{job_name="millrace_p_q_features_00ff"} 7.0
        """
            .formatted(metric);

    assertThat(Backfills.count(text.lines(), "millrace-p-q-features-00ff")).isEqualTo(2);
    assertThat(Backfills.count(text.lines(), "millrace-p-q-features-abcd")).isZero();
  }
}
