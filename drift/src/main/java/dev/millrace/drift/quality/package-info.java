/** The quality of scores against labels: counts that add up exactly, metrics with intervals. */
@NullMarked
package dev.millrace.drift.quality;

import org.jspecify.annotations.NullMarked;
