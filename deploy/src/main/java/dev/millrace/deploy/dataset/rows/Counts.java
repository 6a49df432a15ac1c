package dev.millrace.deploy.dataset.rows;

/**
 * The numbers of records and rows of a data set. {@code predictions - repeated} is the number of
 * events; of these, {@code rows} are in the data set, and the others are unlabelled or incomplete.
 *
 * @param predictions of the period
 * @param repeated predictions that have the same event id as a newer one
 * @param unlabelled events without a label
 * @param incomplete events whose features were not complete; only of those that the rule about
 *     labels did not leave out
 * @param withoutPrediction labels of the period whose event has no prediction in the topic
 * @param undecodable records of both topics that cannot be decoded
 */
public record Counts(
    long rows,
    long predictions,
    long repeated,
    long unlabelled,
    long incomplete,
    long withoutPrediction,
    long undecodable) {}
