/**
 * Generates a bank's card payments from a seed: customers and merchants, the rhythm of a day, fraud
 * and its chargebacks, faulty records, drift. Pure: the same settings give the same records on
 * every machine.
 */
@NullMarked
package dev.millrace.ingest.producer.payments;

import org.jspecify.annotations.NullMarked;
