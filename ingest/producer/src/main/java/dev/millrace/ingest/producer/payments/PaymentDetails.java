package dev.millrace.ingest.producer.payments;

import dev.millrace.ingest.producer.payments.Population.Customer;
import dev.millrace.ingest.producer.payments.Population.Merchant;
import java.util.random.RandomGenerator;

/**
 * A payment before it has an id and a time.
 *
 * @param amount in euros, not yet rounded to cents
 */
record PaymentDetails(
    Customer customer,
    Merchant merchant,
    String device,
    double amount,
    String country,
    String channel,
    FraudPattern pattern) {

  static final String IN_STORE = "IN_STORE";
  static final String ONLINE = "ONLINE";
  static final String WALLET = "WALLET";

  private static final String[] ABROAD = {"ES", "IT", "GB", "US", "CH"};

  /** Countries that customers rarely visit, and that account takeovers use. */
  private static final String[] FAR = {"AU", "BR", "CA", "JP", "MX", "ZA"};

  /** Share of payments that customers make abroad. */
  private static final double TRAVEL_SHARE = 0.04;

  /** Share of far countries among those. */
  private static final double FAR_SHARE = 0.15;

  /** Share of wallet payments among those not made in a store. */
  private static final double WALLET_SHARE = 0.2;

  /** Share of bills that are rounded up to a multiple of 5 euros. */
  private static final double ROUNDED_SHARE = 0.08;

  /** A customer's own payment. */
  static PaymentDetails legitimate(Population population, RandomGenerator random) {
    Customer customer = population.payer(random);
    Merchant merchant = population.merchant(random);
    double amount = merchant.category().amount(customer.spending(), random);
    if (random.nextDouble() < ROUNDED_SHARE) {
      amount = 5 * StrictMath.ceil(amount / 5);
    }
    String country = customer.home();
    if (random.nextDouble() < TRAVEL_SHARE) {
      country = random.nextDouble() < FAR_SHARE ? farCountry(random) : any(ABROAD, random);
    }
    String channel = IN_STORE;
    if (random.nextDouble() >= merchant.category().inStore()) {
      channel = random.nextDouble() < WALLET_SHARE ? WALLET : ONLINE;
    }
    String device = customer.devices().get(random.nextInt(customer.devices().size()));
    return new PaymentDetails(
        customer, merchant, device, amount, country, channel, FraudPattern.LEGITIMATE);
  }

  static String farCountry(RandomGenerator random) {
    return any(FAR, random);
  }

  private static String any(String[] of, RandomGenerator random) {
    return of[random.nextInt(of.length)];
  }
}
