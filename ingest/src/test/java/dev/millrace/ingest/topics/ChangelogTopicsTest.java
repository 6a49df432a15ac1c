package dev.millrace.ingest.topics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.ingest.topology.ShopPayments;
import dev.millrace.schemas.pipeline.LatePolicy;
import dev.millrace.schemas.pipeline.Pipeline;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ChangelogTopicsTest {
  private final Pipeline pipeline = ShopPayments.pipeline(4, LatePolicy.TOPIC);
  private final List<String> changelogs =
      ChangelogTopics.changelogs(pipeline, pipeline.source("payments"));

  private ChangelogTopics.Plan plan(int producers, int changelog) {
    Map<String, Integer> found = new HashMap<>(Map.of(ShopPayments.TOPIC, producers));
    changelogs.forEach(name -> found.put(name, changelog));
    return ChangelogTopics.plan(pipeline, found);
  }

  @Test
  void changelogsHaveTheNamesOfKafkaStreams() {
    assertThat(changelogs)
        .containsExactlyInAnyOrder(
            "millrace.shop.ingest-payments-published-ids-changelog",
            "millrace.shop.ingest-payments-arrival-progress-changelog",
            "millrace.shop.ingest-payments-event-clock-changelog",
            "millrace.shop.ingest-payments-parked-changelog");
  }

  @Test
  void changelogsGrowWithTheProducersTopic() {
    ChangelogTopics.Plan plan = plan(6, 4);
    assertThat(plan.mistakes()).isEmpty();
    assertThat(plan.growth()).hasSize(4).containsOnlyKeys(changelogs).containsValue(6);
  }

  @Test
  void fittingAndMissingChangelogsAreNotChanged() {
    ChangelogTopics.Plan fits = new ChangelogTopics.Plan(Map.of(), List.of());
    assertThat(plan(6, 6)).isEqualTo(fits);
    assertThat(plan(2, 4)).isEqualTo(fits);
    assertThat(ChangelogTopics.plan(pipeline, Map.of(ShopPayments.TOPIC, 9))).isEqualTo(fits);
  }

  @Test
  void morePipelinePartitionsAreRejectedIfStateExists() {
    ChangelogTopics.Plan plan = plan(6, 3);
    assertThat(plan.growth()).isEmpty();
    assertThat(plan.mistakes())
        .hasSize(4)
        .allSatisfy(
            mistake -> assertThat(mistake).contains("has 3 partitions", "'partitions' is 4"));
  }

  @Test
  void fewerPartitionsAreRejected() {
    ChangelogTopics.Plan plan = plan(5, 8);
    assertThat(plan.growth()).isEmpty();
    assertThat(plan.mistakes())
        .hasSize(4)
        .allSatisfy(
            mistake -> assertThat(mistake).contains("has 8 partitions", "payments-raw has 5"));
  }
}
