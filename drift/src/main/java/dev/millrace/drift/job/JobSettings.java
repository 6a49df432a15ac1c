package dev.millrace.drift.job;

import dev.millrace.schemas.registry.Registry;
import java.time.Duration;
import java.util.Properties;
import org.apache.flink.util.function.SerializableSupplier;

/**
 * Where the job runs, and how.
 *
 * @param bootstrapServers Kafka brokers, {@code host:port} separated by commas
 * @param clientProperties further settings of every Kafka client, such as TLS and SASL
 * @param registry makes a task's own registry client
 * @param idleTimeout wall-clock time after which a silent partition no longer holds event time back
 * @param transactionTimeout of the transactions that outcomes are written in
 */
public record JobSettings(
    String bootstrapServers,
    Properties clientProperties,
    SerializableSupplier<Registry> registry,
    Duration idleTimeout,
    Duration transactionTimeout) {}
