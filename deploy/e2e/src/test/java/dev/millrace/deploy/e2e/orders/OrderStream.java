package dev.millrace.deploy.e2e.orders;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.utils.Utils;

/**
 * A load of orders, generated from a seed: of several customers, some in bursts, some out of order,
 * without a key or on a partition other than that of their key, some sent twice, and some that
 * break the contract. Amounts are whole numbers, so that their sums are exact.
 */
public final class OrderStream {
  private static final int CUSTOMERS = 40;
  private static final int STORES = 16;
  private static final int BURST = 5;
  private static final int GREATEST_AMOUNT = 500;

  /** Well within the lateness of the pipeline, even if partitions progress unevenly. */
  private static final int LONGEST_DELAY_MILLIS = 60_000;

  /** The number of latest orders of which one may be sent again. */
  private static final int REMEMBERED = 200;

  /** How the partition of a record is chosen. */
  public enum Placement {
    /** By its key, as usual. */
    BY_KEY,
    /** Without a key. */
    ANYWHERE,
    /** With its key, on another partition. */
    WRONG
  }

  public record Sending(ShopOrder order, Placement placement) {}

  private final String prefix;
  private final Random random;
  private final List<Sending> sendings = new ArrayList<>();
  private int ids;

  private OrderStream(String prefix, long seed) {
    this.prefix = prefix;
    this.random = new Random(seed);
  }

  /**
   * The orders in the order of sending.
   *
   * @param prefix of the ids
   * @param fromMillis event time of the first one, epoch millis
   * @param span event time from the first to the last
   */
  public static List<Sending> of(
      String prefix, long seed, int count, long fromMillis, Duration span) {
    OrderStream stream = new OrderStream(prefix, seed);
    while (stream.sendings.size() < count) {
      stream.step(fromMillis + span.toMillis() * stream.sendings.size() / count);
    }
    return stream.sendings;
  }

  /** The partition of the clean topic with the orders of a customer. */
  public static int partition(String customer, int partitions) {
    byte[] key = customer.getBytes(StandardCharsets.UTF_8);
    return Utils.toPositive(Utils.murmur2(key)) % partitions;
  }

  private void step(long nowMillis) {
    int what = random.nextInt(100);
    String customer = "customer-" + random.nextInt(CUSTOMERS);
    if (what < 3) {
      for (int i = 0; i < BURST; i++) {
        send(order(customer, nowMillis + i / 2));
      }
    } else if (what < 6 && !sendings.isEmpty()) {
      int back = random.nextInt(Math.min(REMEMBERED, sendings.size()));
      send(sendings.get(sendings.size() - 1 - back).order());
    } else if (what < 8) {
      send(order(customer, nowMillis).withAmount(-1));
    } else if (what < 20) {
      send(order(customer, nowMillis - random.nextInt(LONGEST_DELAY_MILLIS)));
    } else {
      send(order(customer, nowMillis));
    }
  }

  private void send(ShopOrder order) {
    int where = random.nextInt(100);
    sendings.add(
        new Sending(
            order,
            where < 3 ? Placement.ANYWHERE : where < 6 ? Placement.WRONG : Placement.BY_KEY));
  }

  private ShopOrder order(String customer, long placedAtMillis) {
    // A store has customers on every partition.
    int store = random.nextInt(STORES);
    return new ShopOrder(
        prefix + ids++,
        customer,
        "store-" + store,
        random.nextBoolean() ? "WEB" : "APP",
        "EUR",
        1 + random.nextInt(GREATEST_AMOUNT),
        placedAtMillis);
  }
}
