/** Avro records in the Confluent wire format: encoding, decoding, and looking up writer schemas. */
@NullMarked
package dev.millrace.schemas.codec;

import org.jspecify.annotations.NullMarked;
