package dev.millrace.drift.sequence;

/**
 * What is known of the errors of a model from rows with labels, and how the errors may change: an
 * exponential family with one parameter t, P(y; t) proportional to P(y; 0) exp(t y), for errors y
 * from 0 to 1. With 0 and 1 alone t is the logit of the error rate and a shift of t the logarithm
 * of an odds ratio.
 */
public sealed interface ErrorReference permits ErrorRate, LossLevels {
  /** Number of labels, with those that stand for prior knowledge. */
  double labels();

  /** Sum of their errors, each from 0 to 1. */
  double errors();

  /** How much of an error one unit of {@link ErrorBatch#errors()} is. */
  double unit();

  /** The logarithm of the sum or mean of exp(t y), up to a constant. */
  double logPartition(double t);

  /** The mean error at t: the derivative of the logarithm of the partition. */
  double mean(double t);

  /** The variance of an error at t. */
  double variance(double t);

  /** The variance of an error where their mean is this, from 0 to 1. */
  default double varianceAt(double mean) {
    return variance(PosteriorGrid.mode(this, mean));
  }

  /** The smallest shift of t that is searched for; larger ones are up to 24 times as large. */
  double smallestShift();
}
