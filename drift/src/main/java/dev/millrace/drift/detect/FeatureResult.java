package dev.millrace.drift.detect;

/**
 * The result of comparing one feature's window with its reference.
 *
 * @param feature the feature's name
 * @param test the test with the smallest p-value
 * @param statistic that test's statistic
 * @param p the feature's p-value: the smallest p-value of its tests times the number of tests that
 *     had values to compare, at most 1
 * @param effects how large the change is
 * @param n values in the window, those without a bin included
 * @param m values in the reference, those without a bin included
 * @param verdict INSUFFICIENT, OK or DRIFT
 */
public record FeatureResult(
    String feature,
    StatisticalTest test,
    double statistic,
    double p,
    Effects effects,
    long n,
    long m,
    Verdict verdict) {}
