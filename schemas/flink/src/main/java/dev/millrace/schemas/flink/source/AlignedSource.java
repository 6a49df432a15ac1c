package dev.millrace.schemas.flink.source;

import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;

/**
 * A Kafka source with watermark alignment, of topics with progress records. It does not pause an
 * idle partition: Flink pauses a partition that is ahead of others, and compares only partitions
 * that are not idle, so it would never resume one that became idle after it was ahead
 * (SourceOperator of Flink 2.2.1; FLINK-40093).
 */
final class AlignedSource extends DelegatingSource<IncomingRecord> {
  private static final long serialVersionUID = 1L;

  AlignedSource(KafkaSource<IncomingRecord> source) {
    super(source);
  }

  @Override
  public SourceReader<IncomingRecord, KafkaPartitionSplit> createReader(SourceReaderContext context)
      throws Exception {
    return new AlignedReader<>(super.createReader(context));
  }
}
