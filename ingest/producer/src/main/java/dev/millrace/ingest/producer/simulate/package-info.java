/** The command {@code simulate}: publishes simulated payments and chargebacks at a steady rate. */
@NullMarked
package dev.millrace.ingest.producer.simulate;

import org.jspecify.annotations.NullMarked;
