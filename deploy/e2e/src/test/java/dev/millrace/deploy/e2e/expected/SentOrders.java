package dev.millrace.deploy.e2e.expected;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.deploy.e2e.orders.OrderStream;
import dev.millrace.deploy.e2e.orders.ShopOrder;
import dev.millrace.deploy.e2e.pipeline.RunningPipeline;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.generic.GenericRecord;

/** The sane orders of all loads so far: a store's row may be as of one of an earlier load. */
public final class SentOrders {
  private final Map<String, ShopOrder> sane = new HashMap<>();

  /**
   * Exactly the sane orders of a load are predicted, each once and from what can be recomputed.
   *
   * @param prefix of the ids of its orders
   */
  public void check(RunningPipeline loop, String prefix, List<OrderStream.Sending> sendings) {
    long before = sane.size();
    sendings.stream()
        .map(OrderStream.Sending::order)
        .filter(order -> order.amount() > 0)
        .forEach(order -> sane.put(order.id(), order));
    List<GenericRecord> predictions =
        loop.predictions().stream()
            .filter(prediction -> prediction.get("event_id").toString().startsWith(prefix))
            .toList();
    // That none is missing and none doubled, the audit has seen.
    assertThat(predictions.size()).isEqualTo(sane.size() - before);
    ScoredOrders scored = new ScoredOrders(loop, sane);
    predictions.forEach(scored::check);
    System.out.printf(
        "%,d predictions, %,d served values equal their recomputation%n",
        predictions.size(), scored.compared());
  }
}
