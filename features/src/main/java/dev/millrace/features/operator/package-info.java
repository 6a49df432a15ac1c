/**
 * Computes feature rows from the events of a view: the Flink operator, and the state of each entity
 * in memory and in RocksDB.
 */
@NullMarked
package dev.millrace.features.operator;

import org.jspecify.annotations.NullMarked;
