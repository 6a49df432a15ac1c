package dev.millrace.drift.profile;

import java.io.Serializable;

/**
 * Identity of a {@link ReferenceSet}. Counts and states of two references are never mixed, even
 * where the model is the same: their bins differ.
 *
 * @param modelVersion whose predictions are compared
 * @param featuresDigest of the profile file and of the features compared, in their order
 */
public record ReferenceId(String modelVersion, String featuresDigest) implements Serializable {}
