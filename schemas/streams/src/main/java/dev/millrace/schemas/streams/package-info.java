/**
 * What the services on Kafka Streams share. Kafka Streams is an optional dependency of this module,
 * so only a module that has it itself can use this package.
 */
@NullMarked
package dev.millrace.schemas.streams;

import org.jspecify.annotations.NullMarked;
