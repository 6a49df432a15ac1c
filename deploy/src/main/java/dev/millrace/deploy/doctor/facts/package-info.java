/** Reads what the checks need to know from brokers, registry, Flink and services. */
@NullMarked
package dev.millrace.deploy.doctor.facts;

import org.jspecify.annotations.NullMarked;
