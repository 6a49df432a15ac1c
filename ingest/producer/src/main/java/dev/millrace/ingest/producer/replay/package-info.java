/**
 * Brings files into source topics: CSV or JSON lines in, Avro events out, several files merged by
 * event time, at the speed at which they happened, a multiple of it, or flat out.
 */
@NullMarked
package dev.millrace.ingest.producer.replay;

import org.jspecify.annotations.NullMarked;
