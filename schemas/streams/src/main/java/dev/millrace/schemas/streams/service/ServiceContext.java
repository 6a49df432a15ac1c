package dev.millrace.schemas.streams.service;

import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.service.ServiceOptions;
import dev.millrace.schemas.streams.failure.ThreadReplacement;
import java.net.InetSocketAddress;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.streams.Topology;

/**
 * A service whose options were read and whose topics were checked.
 *
 * @param service name of the service
 * @param settings of Kafka Streams
 * @param options those of every service
 * @param admin open until the service has stopped
 * @param ops address of /metrics and /health
 */
public record ServiceContext(
    String service,
    Pipeline pipeline,
    Properties settings,
    ServiceOptions options,
    Admin admin,
    InetSocketAddress ops) {

  /**
   * Runs the topology until the process is stopped.
   *
   * @param replacement of threads that fail
   * @return the exit code
   */
  public int run(Topology topology, ThreadReplacement replacement) throws InterruptedException {
    return run(topology, replacement, StoreReader.NONE);
  }

  /**
   * Runs the topology until the process is stopped.
   *
   * @param replacement of threads that fail
   * @param reader of the topology's stores
   * @return the exit code
   */
  public int run(Topology topology, ThreadReplacement replacement, StoreReader reader)
      throws InterruptedException {
    return new StreamsService(service, pipeline, topology, settings, replacement, reader, ops)
        .run();
  }
}
