/** The process of a service on Kafka Streams: its command, its options, its start and its end. */
@NullMarked
package dev.millrace.schemas.streams.service;

import org.jspecify.annotations.NullMarked;
