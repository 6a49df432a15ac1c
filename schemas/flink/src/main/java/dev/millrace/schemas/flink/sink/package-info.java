/** Writing to Millrace's topics from a job: Avro records and dead letters. */
@NullMarked
package dev.millrace.schemas.flink.sink;

import org.jspecify.annotations.NullMarked;
