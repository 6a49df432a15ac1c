package dev.millrace.ingest.producer.payments;

import java.time.Instant;

/** One record of the simulated bank; records are sent in the order in which they are generated. */
public sealed interface SimulatedRecord {

  /** The name of the source that the record belongs to. */
  String source();

  /** The record's key: the customer's id. */
  String key();

  /** When it happened in simulated time. */
  Instant eventTime();

  /**
   * A payment.
   *
   * @param amount in euros, two decimals; above 0 unless the fault is {@link
   *     InjectedFault#NEGATIVE_AMOUNT}
   * @param country where it was made, ISO 3166-1 alpha-2
   * @param channel a symbol of the enum {@code Channel} in payment.avsc
   */
  record Payment(
      String paymentId,
      String customerId,
      String merchantId,
      String deviceId,
      double amount,
      String country,
      String channel,
      Instant paidAt,
      FraudPattern pattern,
      InjectedFault fault)
      implements SimulatedRecord {

    /** The source that payments go to. */
    public static final String SOURCE = "payments";

    @Override
    public String source() {
      return SOURCE;
    }

    @Override
    public String key() {
      return customerId;
    }

    @Override
    public Instant eventTime() {
      return paidAt;
    }
  }

  /** A customer's report, hours or days later, that a payment was fraud. */
  record Chargeback(String chargebackId, String paymentId, String customerId, Instant reportedAt)
      implements SimulatedRecord {

    /** The source that chargebacks go to. */
    public static final String SOURCE = "chargebacks";

    @Override
    public String source() {
      return SOURCE;
    }

    @Override
    public String key() {
      return customerId;
    }

    @Override
    public Instant eventTime() {
      return reportedAt;
    }
  }
}
