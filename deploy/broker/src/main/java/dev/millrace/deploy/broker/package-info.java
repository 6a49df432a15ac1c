/** Runs the Kafka broker of the local platform in its own process. */
@NullMarked
package dev.millrace.deploy.broker;

import org.jspecify.annotations.NullMarked;
