package dev.millrace.ingest.producer.payments;

/**
 * The kind of a payment: legitimate, or a fraud pattern. It is not part of the record; only
 * chargebacks show it.
 */
public enum FraudPattern {
  /** A customer's own payment. */
  LEGITIMATE,
  /**
   * Card testing with a stolen number: many tiny payments on one card, new device, one merchant.
   */
  CARD_TESTING,
  /** A stolen account: high amounts from a new device, at night, from far countries. */
  ACCOUNT_TAKEOVER,
  /** A merchant and complicit cards: the same round amounts at one merchant within hours. */
  MERCHANT_COLLUSION,
  /**
   * Stored-value cards bought by wallet with amounts kept inconspicuous. Only after the drift
   * {@code new-fraud}, so that no model has been trained on it.
   */
  GIFT_CARD_DRAIN
}
