/**
 * Views with {@code join: repartition}: questions about rows that other partitions keep, their
 * answers, and the events that wait for them.
 */
@NullMarked
package dev.millrace.inference.repartition;

import org.jspecify.annotations.NullMarked;
