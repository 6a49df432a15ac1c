/** The profile of the training data: {@code profile.json} and the command that writes it. */
@NullMarked
package dev.millrace.drift.training;

import org.jspecify.annotations.NullMarked;
