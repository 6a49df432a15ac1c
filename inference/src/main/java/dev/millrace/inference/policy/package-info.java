/**
 * Decisions without Kafka: whether an event waits or is scored, what a vector is used for, when
 * waits end, when progress is passed on.
 */
@NullMarked
package dev.millrace.inference.policy;

import org.jspecify.annotations.NullMarked;
