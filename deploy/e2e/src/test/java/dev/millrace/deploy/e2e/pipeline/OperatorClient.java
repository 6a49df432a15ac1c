package dev.millrace.deploy.e2e.pipeline;

import dev.millrace.deploy.platform.Component;
import dev.millrace.deploy.platform.Endpoints;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.ProcessNames;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** What an operator reads and does: metrics and health of services, lag, retention of topics. */
final class OperatorClient implements AutoCloseable {
  private final Endpoints endpoints;
  private final Admin admin;
  private final HttpClient http = HttpClient.newHttpClient();

  OperatorClient(Endpoints endpoints) {
    this.endpoints = endpoints;
    this.admin = Admin.create(Map.of("bootstrap.servers", endpoints.bootstrapServers()));
  }

  /** Deletes the first records of a topic's partition 0, as retention does. */
  void deleteFirstRecords(String topic, int count) throws InterruptedException {
    try {
      admin
          .deleteRecords(Map.of(new TopicPartition(topic, 0), RecordsToDelete.beforeOffset(count)))
          .all()
          .get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The number of records of the scored source that ingest has not committed. */
  long lag(Pipeline pipeline) {
    try {
      Map<TopicPartition, OffsetAndMetadata> committed =
          admin
              .listConsumerGroupOffsets(ProcessNames.application(ProcessNames.INGEST, pipeline))
              .partitionsToOffsetAndMetadata()
              .get();
      long lag = 0;
      for (int partition = 0; partition < pipeline.partitions(); partition++) {
        TopicPartition topic = new TopicPartition(pipeline.scored().topic(), partition);
        long end =
            admin
                .listOffsets(Map.of(topic, OffsetSpec.latest()))
                .partitionResult(topic)
                .get()
                .offset();
        OffsetAndMetadata read = committed.get(topic);
        lag += end - (read == null ? 0 : read.offset());
      }
      return lag;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The answer of a service on its operations port. */
  HttpResponse<String> get(Component service, String path) {
    URI uri = endpoints.ops(service).resolve(path);
    try {
      return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new IllegalStateException("GET " + uri, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The sum of the metrics of a service whose lines contain all fragments. */
  double metric(Component service, String... fragments) {
    return get(service, "/metrics")
        .body()
        .lines()
        .filter(line -> !line.startsWith("#"))
        .filter(line -> Stream.of(fragments).allMatch(line::contains))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  @Override
  public void close() {
    admin.close();
  }
}
