package dev.millrace.drift.profile;

import java.io.Serializable;

/**
 * Identity of a {@link ModelReference}. Counts and states of two references are never mixed, even
 * for the same model, since their bins differ.
 *
 * @param modelVersion the model version whose predictions are compared
 * @param featuresDigest of the profile file and of the features compared, in their order
 */
public record ReferenceId(String modelVersion, String featuresDigest) implements Serializable {}
