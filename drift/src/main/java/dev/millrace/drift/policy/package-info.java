/** What follows from a window's tests: verdicts, episodes, reports, alerts and triggers. */
@NullMarked
package dev.millrace.drift.policy;

import org.jspecify.annotations.NullMarked;
