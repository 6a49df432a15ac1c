/** The process of a service on Kafka Streams: its command, options, start and shutdown. */
@NullMarked
package dev.millrace.schemas.streams.service;

import org.jspecify.annotations.NullMarked;
