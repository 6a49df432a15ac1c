package dev.millrace.schemas.streams.service;

import java.util.function.Supplier;
import org.apache.kafka.streams.KafkaStreams;

/** A part of a service that reads the stores of its topology from threads of its own. */
public interface StoreReader extends AutoCloseable {
  /** No part. */
  StoreReader NONE =
      new StoreReader() {
        @Override
        public void started(RunningStreams running) {}

        @Override
        public void close() {}
      };

  /**
   * The topology after its start.
   *
   * @param restoring describes the stores that are being restored; empty if there are none
   */
  record RunningStreams(KafkaStreams streams, Supplier<String> restoring) {}

  /** Called once, when the global stores are complete and the stream threads are started. */
  void started(RunningStreams running);

  /** Called before the topology is closed. */
  @Override
  void close();
}
