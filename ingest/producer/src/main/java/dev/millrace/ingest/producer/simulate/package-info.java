/**
 * A bank's card payments, made from a seed: what a day looks like, how fraud looks, when it is
 * reported, and what changes when a drift is switched on.
 *
 * <p>{@link dev.millrace.ingest.producer.simulate.PaymentGenerator} is pure: the same settings give
 * the same records on every machine. {@link dev.millrace.ingest.producer.simulate.SimulateCommand}
 * sends them.
 */
@NullMarked
package dev.millrace.ingest.producer.simulate;

import org.jspecify.annotations.NullMarked;
