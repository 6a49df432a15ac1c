package dev.millrace.schemas.streams.setup;

import java.util.Map;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.Cache;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.WriteBufferManager;

/**
 * One bounded cache and one write-buffer budget for all stores of the process. By default each
 * segment of each store of each partition has its own cache and buffers of 100 MB and more.
 *
 * @see <a
 *     href="https://kafka.apache.org/documentation/streams/developer-guide/memory-mgmt.html#rocksdb">Kafka
 *     Streams, memory management</a>
 */
public final class SharedRocksDb implements RocksDBConfigSetter {
  private static final long MEBIBYTE = 1024 * 1024;

  /** Enough for the Bloom filters of 30 million keys, at 10 bits a key, and for blocks. */
  private static final long CACHE_BYTES = 64 * MEBIBYTE;

  /** Write buffers are charged to the cache, so that the cache's size bounds the total. */
  private static final long WRITE_BUFFERS_BYTES = 24 * MEBIBYTE;

  private static final long WRITE_BUFFER_BYTES = 4 * MEBIBYTE;

  /** Part of the cache in which index and filter blocks are kept longer than data. */
  private static final double HIGH_PRIORITY_SHARE = 0.6;

  static {
    RocksDB.loadLibrary();
  }

  private static final Cache CACHE = new LRUCache(CACHE_BYTES, -1, false, HIGH_PRIORITY_SHARE);
  private static final WriteBufferManager WRITE_BUFFERS =
      new WriteBufferManager(WRITE_BUFFERS_BYTES, CACHE);

  @Override
  public void setConfig(String storeName, Options options, Map<String, Object> configs) {
    BlockBasedTableConfig table = (BlockBasedTableConfig) options.tableFormatConfig();
    table.setBlockCache(CACHE);
    table.setCacheIndexAndFilterBlocks(true);
    table.setCacheIndexAndFilterBlocksWithHighPriority(true);
    table.setPinTopLevelIndexAndFilter(true);
    options.setTableFormatConfig(table);
    options.setWriteBufferManager(WRITE_BUFFERS);
    options.setWriteBufferSize(WRITE_BUFFER_BYTES);
  }

  @Override
  public void close(String storeName, Options options) {
    // The cache and the budget are shared with other stores.
  }
}
