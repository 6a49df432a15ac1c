package dev.millrace.deploy.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.file.PipelineFile;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class LineageTest {
  private static final Pipeline PAYMENTS =
      PipelineFile.load(Path.of("examples/payments/pipeline.yaml"));

  @Test
  void namesTheConditionsFieldsAndTheInputsThatUseAFeature() {
    assertThat(text("customer.store_country_7d"))
        .contains("feature   customer.store_country_7d (string)")
        .contains("source    payments, topic payments, schema ")
        .contains("field     country")
        .contains("field     channel, in the condition channel == \"IN_STORE\"")
        .contains("events    topic millrace.payments.payments")
        .contains("view      customer by customer_id, ttl 30d")
        .containsPattern("version   ([0-9a-f]{8}), rows in topic .*\\.features\\.customer\\.\\1\n")
        .containsPattern(
            "lookup    customer, by customer_id of payments, in topic .*\\.vectors\\.[0-9a-f]{8}\n")
        .contains(
            "input     away_from_card = country != customer.store_country_7d, of model fraud");
  }

  @Test
  void namesTheContractRulesOfItsFieldsOnly() {
    assertThat(text("merchant.amount_avg_1d")).contains("contract  positive_amount: amount > 0.0");
    assertThat(text("merchant.count_1d"))
        .doesNotContain("contract")
        .contains("input     none: model fraud does not use it");
  }

  @Test
  void anUnknownFeatureHasNone() {
    assertThat(Lineage.of(PAYMENTS, "customer.amount")).isNull();
    assertThat(Lineage.of(PAYMENTS, "customer")).isNull();
    assertThat(Lineage.featureNames(PAYMENTS)).contains("merchant.count_1h").hasSize(18);
  }

  private static String text(String feature) {
    return Objects.requireNonNull(Lineage.of(PAYMENTS, feature)).text();
  }
}
