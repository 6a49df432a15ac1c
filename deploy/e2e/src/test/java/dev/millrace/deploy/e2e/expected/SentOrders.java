package dev.millrace.deploy.e2e.expected;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.deploy.e2e.orders.OrderStream;
import dev.millrace.deploy.e2e.orders.ShopOrder;
import dev.millrace.deploy.e2e.pipeline.RunningPipeline;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.generic.GenericRecord;

/** The valid orders of all loads so far: the features of a store include those of earlier loads. */
public final class SentOrders {
  private final Map<String, ShopOrder> valid = new HashMap<>();

  /**
   * Checks that exactly the valid orders of a load are predicted, each once, with the expected
   * inputs.
   *
   * @param prefix of the ids of its orders
   */
  public void check(RunningPipeline running, String prefix, List<OrderStream.Sending> sendings) {
    long before = valid.size();
    sendings.stream()
        .map(OrderStream.Sending::order)
        .filter(order -> order.amount() > 0)
        .forEach(order -> valid.put(order.id(), order));
    List<GenericRecord> predictions =
        running.predictions().stream()
            .filter(prediction -> prediction.get("event_id").toString().startsWith(prefix))
            .toList();
    // The audit has checked that none is missing and none repeated.
    assertThat(predictions.size()).isEqualTo(valid.size() - before);
    ScoredOrders scored = new ScoredOrders(running, valid);
    predictions.forEach(scored::check);
    System.out.printf(
        "%,d predictions, %,d served values equal their recomputation%n",
        predictions.size(), scored.compared());
  }
}
