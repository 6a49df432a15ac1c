/**
 * Binned profiles of a feature: bins cut once from a reference sample, and counts that merge
 * exactly.
 */
@NullMarked
package dev.millrace.drift.profile;

import org.jspecify.annotations.NullMarked;
