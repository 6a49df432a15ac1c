package dev.millrace.deploy.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.file.PipelineFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
  void namesTheTopicOfPredictionsAndOutcomes(@TempDir Path directory) throws IOException {
    Path example = Path.of("examples/payments");
    for (String file : List.of("payment.avsc", "chargeback.avsc")) {
      Files.copy(example.resolve(file), directory.resolve(file));
    }
    String view =
        """
        features:
          confirmed:
            from: outcomes
            entity: merchant_id
            delay: 90s
            aggregates: [{input: amount, operations: [sum], windows: [7d], where: label, as: fraud}]
        """;
    String yaml = Files.readString(example.resolve("pipeline.yaml"));
    Path file = directory.resolve("pipeline.yaml");
    Files.writeString(
        file, yaml.replace("features:\n", view).replaceAll("(?m)^\\s+path: model.*\n", ""));
    Pipeline pipeline = PipelineFile.load(file);

    assertThat(Objects.requireNonNull(Lineage.of(pipeline, "confirmed.fraud_7d")).text())
        .contains("source    payments, topic payments, schema ")
        .contains("field     amount: In euros.")
        .contains("field     label, in the condition label")
        .contains(
            "events    topic millrace.payments.outcomes, the outcomes, from 90s after they were known");
    assertThat(ValidateCommand.summary(pipeline))
        .contains("feature view confirmed, from outcomes by merchant_id, after 90s; version");
  }

  @Test
  void anUnknownFeatureHasNone() {
    assertThat(Lineage.of(PAYMENTS, "customer.amount")).isNull();
    assertThat(Lineage.of(PAYMENTS, "customer")).isNull();
    assertThat(Lineage.featureNames(PAYMENTS)).contains("merchant.count_1h").hasSize(18);
  }

  @Test
  void theNearestNameOfAnUnknownFeatureIsNamed() {
    assertThat(Lineage.unknown(PAYMENTS, "merchant.cuont_1h"))
        .startsWith(
            "pipeline payments has no feature merchant.cuont_1h; did you mean merchant.count_1h? it has: customer.");
    assertThat(Lineage.unknown(PAYMENTS, "weather"))
        .startsWith("pipeline payments has no feature weather; it has: customer.");
  }

  private static String text(String feature) {
    return Objects.requireNonNull(Lineage.of(PAYMENTS, feature)).text();
  }
}
