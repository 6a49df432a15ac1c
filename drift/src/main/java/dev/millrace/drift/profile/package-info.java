/**
 * Binned profiles of a feature: cells cut once from a reference sample, counts that merge exactly.
 */
@NullMarked
package dev.millrace.drift.profile;

import org.jspecify.annotations.NullMarked;
