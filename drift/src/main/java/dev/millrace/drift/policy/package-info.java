/** Derives verdicts, episodes, reports, alerts and retraining triggers from a window's tests. */
@NullMarked
package dev.millrace.drift.policy;

import org.jspecify.annotations.NullMarked;
