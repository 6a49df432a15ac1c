package dev.millrace.deploy.e2e.orders;

import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/**
 * An order as a shop publishes it; see e2e/order.avsc.
 *
 * @param placedAtMillis epoch millis
 */
public record ShopOrder(
    String id,
    @Nullable String customer,
    String store,
    String channel,
    String currency,
    double amount,
    long placedAtMillis) {

  public static ShopOrder of(String id, String customer, long placedAtMillis) {
    return new ShopOrder(id, customer, "corner-shop", "WEB", "EUR", 20, placedAtMillis);
  }

  public ShopOrder withId(String other) {
    return new ShopOrder(other, customer, store, channel, currency, amount, placedAtMillis);
  }

  ShopOrder withCustomer(@Nullable String other) {
    return new ShopOrder(id, other, store, channel, currency, amount, placedAtMillis);
  }

  public ShopOrder withChannel(String other) {
    return new ShopOrder(id, customer, store, other, currency, amount, placedAtMillis);
  }

  ShopOrder withCurrency(String other) {
    return new ShopOrder(id, customer, store, channel, other, amount, placedAtMillis);
  }

  ShopOrder withAmount(double other) {
    return new ShopOrder(id, customer, store, channel, currency, other, placedAtMillis);
  }

  ShopOrder withPlacedAt(long other) {
    return new ShopOrder(id, customer, store, channel, currency, amount, other);
  }

  /** As a record of a shop's schema; fields that only some schemas have are null. */
  public GenericRecord in(Schema schema) {
    GenericRecord record = new GenericData.Record(schema);
    record.put("order_id", id);
    record.put("customer_id", customer);
    record.put("store_id", store);
    record.put("channel", symbol(schema, "channel", channel));
    record.put("currency", symbol(schema, "currency", currency));
    record.put("amount", amount);
    record.put("placed_at", placedAtMillis);
    return record;
  }

  private static Object symbol(Schema schema, String field, String symbol) {
    return new GenericData.EnumSymbol(schema.getField(field).schema(), symbol);
  }
}
