package dev.millrace.inference.http;

import static org.apache.kafka.streams.StoreQueryParameters.fromNameAndType;

import dev.millrace.inference.rows.ViewStore;
import dev.millrace.schemas.streams.service.StoreReader.RunningStreams;
import java.util.List;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyQueryMetadata;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * The stores of Kafka Streams, read by its interactive queries: these are safe for many threads
 * while the stream threads write. Rows are in the partition of their key by Kafka's default
 * partitioner.
 */
final class StreamsRowStores implements RowStores {
  private final Host self;
  private volatile @Nullable RunningStreams running;

  /**
   * @param self as in {@code application.server}
   */
  StreamsRowStores(Host self) {
    this.self = self;
  }

  void started(RunningStreams streams) {
    running = streams;
  }

  @Override
  public Location locate(ViewStore view, byte[] entity) throws Unavailable {
    if (view.isReplicated()) {
      return new Location(EVERY_PARTITION, self, List.of());
    }
    KeyQueryMetadata metadata;
    try {
      metadata =
          streams().streams().queryMetadataForKey(view.store(), entity, new ByteArraySerializer());
    } catch (InvalidStateStoreException | IllegalStateException e) {
      throw unavailable(e);
    }
    if (metadata == null || metadata.equals(KeyQueryMetadata.NOT_AVAILABLE)) {
      throw new Unavailable("it is not known yet which instance has the row; " + state());
    }
    return new Location(
        metadata.partition(),
        Host.of(metadata.activeHost()),
        metadata.standbyHosts().stream().map(Host::of).sorted(Host.ORDER).toList());
  }

  @Override
  public byte @Nullable [] newest(ViewStore view, int partition, byte[] entity) throws Unavailable {
    return read(query(view, partition), entity);
  }

  @Override
  public byte @Nullable [] copy(ViewStore view, int partition, byte[] entity) throws Unavailable {
    return read(query(view, partition).enableStaleStores(), entity);
  }

  private static StoreQueryParameters<ReadOnlyKeyValueStore<Bytes, byte[]>> query(
      ViewStore view, int partition) {
    StoreQueryParameters<ReadOnlyKeyValueStore<Bytes, byte[]>> any =
        fromNameAndType(view.store(), QueryableStoreTypes.keyValueStore());
    return partition == EVERY_PARTITION ? any : any.withPartition(partition);
  }

  private byte @Nullable [] read(
      StoreQueryParameters<ReadOnlyKeyValueStore<Bytes, byte[]>> query, byte[] entity)
      throws Unavailable {
    try {
      return streams().streams().store(query).get(Bytes.wrap(entity));
    } catch (InvalidStateStoreException | IllegalStateException e) {
      throw unavailable(e);
    }
  }

  private RunningStreams streams() throws Unavailable {
    RunningStreams started = running;
    if (started == null) {
      throw new Unavailable("the instance is starting");
    }
    return started;
  }

  /** Kafka Streams that has stopped throws IllegalStateException. */
  private Unavailable unavailable(RuntimeException error) throws Unavailable {
    return new Unavailable("%s (%s)".formatted(state(), error.getMessage()));
  }

  private String state() throws Unavailable {
    RunningStreams started = streams();
    String restoring = started.restoring().get();
    return restoring.isEmpty() ? "streams are " + started.streams().state() : restoring;
  }
}
