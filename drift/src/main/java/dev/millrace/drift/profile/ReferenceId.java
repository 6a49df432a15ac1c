package dev.millrace.drift.profile;

import java.io.Serializable;

/**
 * What predictions are compared with. Counts and states of two references have nothing to do with
 * each other, even where the model is the same: their cells differ.
 *
 * @param modelVersion whose predictions are compared
 * @param profileDigest of the file that holds the references, and of the features compared, in
 *     their order, by which their counts are kept
 */
public record ReferenceId(String modelVersion, String profileDigest) implements Serializable {}
