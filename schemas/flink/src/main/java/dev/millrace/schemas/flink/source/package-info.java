/**
 * Reads Millrace's topics in a job: the registry client of a task, decoding, rejection, and
 * watermarks by the progress records of ingest.
 */
@NullMarked
package dev.millrace.schemas.flink.source;

import org.jspecify.annotations.NullMarked;
