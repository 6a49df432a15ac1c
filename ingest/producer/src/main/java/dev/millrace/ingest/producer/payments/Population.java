package dev.millrace.ingest.producer.payments;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * Customers and merchants.
 *
 * <p>The same for every seed: runs differ by the payments, not by the customers and merchants.
 * Given these, the payments of a day are independent draws from one fixed mixture, so two days, or
 * two seeds, differ only by sampling: a drift detector must not raise an alarm. More customers or
 * merchants than the default are copies of the first ones under other ids, so that the mixture does
 * not depend on their number.
 */
final class Population {
  /** Seed of the population; it does not depend on the seed of a run. */
  private static final long POPULATION_SEED = 20260105L;

  /** Share of merchants that collude. */
  private static final double COLLUDING_SHARE = 0.01;

  /** The countries where customers live. */
  private static final String[] HOMES = {"DE", "FR", "NL", "AT"};

  private static final WeightedChoice HOME = new WeightedChoice(0.55, 0.25, 0.12, 0.08);

  /** A customer; {@code spending} is the logarithm of the factor on a category's usual amount. */
  record Customer(String id, double spending, String home, List<String> devices) {
    static Customer of(int number, double spending, String home, int devices) {
      return new Customer(
          "c%05d".formatted(number),
          spending,
          home,
          IntStream.range(0, devices).mapToObj(i -> "d%05d-%d".formatted(number, i)).toList());
    }

    /** A customer with other ids who pays like this one. */
    Customer withNumber(int number) {
      return of(number, spending, home, devices.size());
    }
  }

  /** A merchant. */
  record Merchant(String id, Category category) {}

  /** What a merchant sells. The medians and spreads are chosen, not measured. */
  enum Category {
    GROCERIES(32, 0.65, 0.90, 0.28),
    FUEL(52, 0.35, 1.00, 0.10),
    DINING(24, 0.60, 0.88, 0.22),
    FASHION(58, 0.65, 0.45, 0.14),
    ELECTRONICS(140, 0.85, 0.35, 0.07),
    TRAVEL(170, 0.80, 0.10, 0.05),
    DIGITAL(11, 0.55, 0.00, 0.14);

    private final double logMedian;
    private final double logSpread;
    private final double inStore;
    private final double share;

    Category(double median, double logSpread, double inStore, double share) {
      this.logMedian = StrictMath.log(median);
      this.logSpread = logSpread;
      this.inStore = inStore;
      this.share = share;
    }

    /** A log-normal amount in euros, not yet rounded. */
    double amount(double spending, RandomGenerator random) {
      return StrictMath.exp(logMedian + spending + logSpread * random.nextGaussian());
    }

    /** Share of payments made in the store. */
    double inStore() {
      return inStore;
    }
  }

  private final List<Customer> customers;
  private final List<Merchant> merchants;
  private final List<Merchant> colluding;
  private final List<Merchant> digital;
  private final List<Merchant> expensive;
  private final WeightedChoice customerChoice;
  private final WeightedChoice merchantChoice;

  Population(int customerCount, int merchantCount) {
    SplittableRandom random = new SplittableRandom(POPULATION_SEED);
    int drawnCustomers = Math.min(customerCount, SimulationSettings.DEFAULT_CUSTOMERS);
    customers = new ArrayList<>(customerCount);
    double[] activity = new double[customerCount];
    for (int i = 0; i < customerCount; i++) {
      int like = i % drawnCustomers;
      customers.add(i == like ? customer(i, random) : customers.get(like).withNumber(i));
      // Some customers pay three times as often as others; every customer pays.
      activity[i] = i == like ? StrictMath.exp(0.4 * random.nextGaussian()) : activity[like];
    }
    customerChoice = new WeightedChoice(activity);

    List<Category> categories = List.of(Category.values());
    WeightedChoice categoryChoice =
        new WeightedChoice(categories.stream().mapToDouble(each -> each.share).toArray());
    int drawnMerchants = Math.min(merchantCount, SimulationSettings.DEFAULT_MERCHANTS);
    int drawnColluding = Math.max(1, (int) (drawnMerchants * COLLUDING_SHARE));
    merchants = new ArrayList<>(merchantCount);
    colluding = new ArrayList<>();
    double[] popularity = new double[merchantCount];
    for (int i = 0; i < merchantCount; i++) {
      int like = i % drawnMerchants;
      Category category =
          i == like ? categories.get(categoryChoice.pick(random)) : merchants.get(like).category();
      merchants.add(new Merchant("m%05d".formatted(i), category));
      popularity[i] = i == like ? StrictMath.exp(0.4 * random.nextGaussian()) : popularity[like];
      if (like < drawnColluding) {
        colluding.add(merchants.get(i));
      }
    }
    merchantChoice = new WeightedChoice(popularity);
    digital = sellers(Category.DIGITAL);
    expensive = sellers(Category.ELECTRONICS);
  }

  private static Customer customer(int number, RandomGenerator random) {
    int devices = random.nextDouble() < 0.35 ? 2 : 1;
    double spending = 0.5 * random.nextGaussian();
    return Customer.of(number, spending, HOMES[HOME.pick(random)], devices);
  }

  private List<Merchant> sellers(Category category) {
    List<Merchant> found =
        merchants.stream().filter(merchant -> merchant.category() == category).toList();
    return found.isEmpty() ? merchants : found;
  }

  /** The customer of the next payment; active customers are more likely. */
  Customer payer(RandomGenerator random) {
    return customers.get(customerChoice.pick(random));
  }

  /** The customer whose card is stolen; all customers are equally likely. */
  Customer victim(RandomGenerator random) {
    return customers.get(random.nextInt(customers.size()));
  }

  /** The merchant of the next payment; popular merchants are more likely. */
  Merchant merchant(RandomGenerator random) {
    return merchants.get(merchantChoice.pick(random));
  }

  /** A merchant that colludes. */
  Merchant colludingMerchant(RandomGenerator random) {
    return any(colluding, random);
  }

  /** A merchant that sells digital goods. */
  Merchant digitalMerchant(RandomGenerator random) {
    return any(digital, random);
  }

  /** A merchant that sells expensive goods. */
  Merchant expensiveMerchant(RandomGenerator random) {
    return any(expensive, random);
  }

  private static <T> T any(List<T> list, RandomGenerator random) {
    return list.get(random.nextInt(list.size()));
  }
}
