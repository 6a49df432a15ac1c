/** Writes Millrace's topics in a job: Avro records and dead letters. */
@NullMarked
package dev.millrace.schemas.flink.sink;

import org.jspecify.annotations.NullMarked;
