package dev.millrace.ingest.producer.payments;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.ingest.producer.payments.SimulatedRecord.Payment;
import dev.millrace.ingest.producer.payments.SimulationSettings.DriftPlan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Without a drift all days of all seeds have the same distribution; with a drift they differ. Each
 * day is compared with a month of another seed by the Kolmogorov-Smirnov test, as a drift detector
 * does.
 */
class StationarityTest {
  private static final int WARM_UP_DAYS = 7;
  private static final int DAYS = 27;
  private static final int SEEDS = 6;

  /** The significance level for one false alarm a year over ten inputs. */
  private static final double ALARM_LEVEL = 0.5 / 365 / 10;

  private static List<double[]> reference;

  @BeforeAll
  static void simulateTheReference() {
    List<List<double[]>> days = days(SimulationSettings.of(1_000), DAYS);
    reference = columns(days.subList(WARM_UP_DAYS, DAYS).stream().flatMap(List::stream).toList());
  }

  @Test
  void daysAndSeedsDifferOnlyBySampling() {
    double[] below = new double[History.NAMES.size()];
    int tests = 0;
    for (int seed = 1; seed <= SEEDS; seed++) {
      List<List<double[]>> days = days(SimulationSettings.of(seed), DAYS);
      for (int day = WARM_UP_DAYS; day < DAYS; day++) {
        tests++;
        double[] p = pValues(days.get(day));
        for (int i = 0; i < p.length; i++) {
          assertThat(p[i])
              .as("%s on day %d of seed %d", History.NAMES.get(i), day, seed)
              .isGreaterThan(ALARM_LEVEL);
          below[i] += p[i] < 0.05 ? 1 : 0;
        }
      }
    }
    for (int i = 0; i < below.length; i++) {
      // 5 %, and three standard deviations of a proportion of 120.
      assertThat(below[i] / tests).as(History.NAMES.get(i)).isLessThan(0.05 + 0.06);
    }
  }

  @Test
  void moreCustomersAndMerchantsDoNotChangeTheDistribution() {
    SimulationSettings usual = SimulationSettings.of(2);
    int times = 3;
    SimulationSettings larger =
        new SimulationSettings(
            usual.seed(),
            usual.start(),
            usual.customers() * times,
            usual.merchants() * times,
            usual.paymentsPerDay() * times,
            usual.warmUp(),
            usual.badShare(),
            usual.lateness(),
            DriftPlan.NONE);
    List<List<double[]>> days = days(larger, WARM_UP_DAYS + 7);
    for (List<double[]> day : days.subList(WARM_UP_DAYS, days.size())) {
      assertThat(day).hasSizeBetween(5_700, 6_300);
      double[] p = pValues(day);
      for (int i = 0; i < p.length; i++) {
        assertThat(p[i]).as(History.NAMES.get(i)).isGreaterThan(ALARM_LEVEL);
      }
    }
  }

  @Test
  void aPriceShiftChangesAmountsOnTheFirstDay() {
    double[] p = pValues(dayAfter(DriftKind.PRICE_SHIFT));

    assertThat(p[History.NAMES.indexOf("amount")]).isLessThan(1e-6);
    assertThat(p[History.NAMES.indexOf("amount_ratio")]).isLessThan(1e-6);
    assertThat(p[History.NAMES.indexOf("count_1h")]).isGreaterThan(ALARM_LEVEL);
  }

  @Test
  void newFraudChangesAmountsAndVelocityOnTheFirstDay() {
    double[] p = pValues(dayAfter(DriftKind.NEW_FRAUD));

    assertThat(p[History.NAMES.indexOf("amount")]).isLessThan(1e-6);
    assertThat(p[History.NAMES.indexOf("count_1h")]).isLessThan(1e-6);
    assertThat(p[History.NAMES.indexOf("wallet")]).isLessThan(1e-4);
  }

  private static List<double[]> dayAfter(DriftKind kind) {
    Duration before = Duration.ofDays(WARM_UP_DAYS + 1);
    SimulationSettings settings = SimulationSettings.of(3);
    DriftPlan plan = DriftPlan.at(kind, settings.start().plus(before));
    return days(settings.withDrift(plan), WARM_UP_DAYS + 2).get(WARM_UP_DAYS + 1);
  }

  private static List<List<double[]>> days(SimulationSettings settings, int number) {
    PaymentGenerator generator = new PaymentGenerator(settings);
    History history = new History();
    List<List<double[]>> days = new ArrayList<>();
    for (int day = 0; day < number; day++) {
      days.add(new ArrayList<>());
    }
    while (true) {
      if (generator.next() instanceof Payment payment) {
        long day = Duration.between(settings.start(), payment.paidAt()).toDays();
        if (day >= number) {
          return days;
        }
        days.get((int) day).add(history.add(payment));
      }
    }
  }

  private static double[] pValues(List<double[]> day) {
    List<double[]> columns = columns(day);
    double[] p = new double[columns.size()];
    for (int i = 0; i < p.length; i++) {
      p[i] = kolmogorovSmirnov(columns.get(i), reference.get(i));
    }
    return p;
  }

  private static List<double[]> columns(List<double[]> rows) {
    List<double[]> columns = new ArrayList<>();
    for (int i = 0; i < History.NAMES.size(); i++) {
      int index = i;
      double[] column = rows.stream().mapToDouble(row -> row[index]).toArray();
      Arrays.sort(column);
      columns.add(column);
    }
    return columns;
  }

  /** Asymptotic p-value of two sorted samples; conservative if values repeat. */
  private static double kolmogorovSmirnov(double[] a, double[] b) {
    int i = 0;
    int j = 0;
    double distance = 0;
    while (i < a.length && j < b.length) {
      double value = Math.min(a[i], b[j]);
      while (i < a.length && a[i] <= value) {
        i++;
      }
      while (j < b.length && b[j] <= value) {
        j++;
      }
      distance = Math.max(distance, Math.abs(i / (double) a.length - j / (double) b.length));
    }
    double lambda = distance * Math.sqrt((double) a.length * b.length / (a.length + b.length));
    double p = 0;
    for (int k = 1; k <= 100; k++) {
      p += (k % 2 == 1 ? 2 : -2) * Math.exp(-2.0 * k * k * lambda * lambda);
    }
    return lambda < 0.2 ? 1 : Math.max(0, Math.min(1, p));
  }
}
