/**
 * Decisions without Kafka: whether an event waits or is scored, what a row is used for, when waits
 * end.
 */
@NullMarked
package dev.millrace.inference.policy;

import org.jspecify.annotations.NullMarked;
