/** Derives the plan and the fingerprint of a feature view from its definition. Pure: no Flink. */
@NullMarked
package dev.millrace.features.view;

import org.jspecify.annotations.NullMarked;
