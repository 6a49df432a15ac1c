/**
 * Decodes the records of one source, and parks those whose schema is not known yet until the schema
 * registry answers.
 */
@NullMarked
package dev.millrace.ingest.parked;

import org.jspecify.annotations.NullMarked;
