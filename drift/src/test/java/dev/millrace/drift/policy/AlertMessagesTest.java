package dev.millrace.drift.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.avro.DriftTest;
import dev.millrace.schemas.avro.FeatureDrift;
import dev.millrace.schemas.avro.Verdict;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AlertMessagesTest {
  @ParameterizedTest
  @CsvSource({"0, p < 1e-300", "1e-310, p < 1e-300", "2e-40, p 2.0e-40", "0.04, p 4.0e-02"})
  void aPValueIsNeverZero(double p, String text) {
    FeatureDrift drifted =
        FeatureDrift.newBuilder()
            .setFeature("amount")
            .setTest(DriftTest.KOLMOGOROV_SMIRNOV)
            .setStatistic(0.31)
            .setPValue(p)
            .setPsi(0)
            .setJensenShannon(0.283)
            .setN(1)
            .setReferenceN(1)
            .setNulls(0)
            .setInvalid(0)
            .setVerdict(Verdict.DRIFT)
            .build();

    assertThat(AlertMessages.describe(List.of(drifted)))
        .isEqualTo("amount (KOLMOGOROV_SMIRNOV 0.310, " + text + ", Jensen-Shannon 0.283)");
  }
}
