package dev.millrace.drift.job;

import dev.millrace.schemas.avro.Alert;
import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.avro.QualityReport;
import dev.millrace.schemas.avro.RetrainingTrigger;
import dev.millrace.schemas.flink.sink.DeadLetterRecord;
import dev.millrace.schemas.flink.source.IncomingRecord;
import dev.millrace.schemas.flink.source.ProgressWatermarks;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.source.Source;

/** The job's sources and sinks: Kafka topics, or collections in a test. */
public interface DriftConnectors {
  /** Predictions of the pipeline. */
  Source<IncomingRecord, ?, ?> predictions(Schema schema);

  /** Clean events of the source of labels. */
  Source<IncomingRecord, ?, ?> labelEvents(dev.millrace.schemas.pipeline.Source source);

  /** Late events of the source of labels; empty if they are among the clean ones. */
  Optional<Source<IncomingRecord, ?, ?>> lateLabelEvents(
      dev.millrace.schemas.pipeline.Source source);

  /** The event time that predictions have reached. */
  default WatermarkStrategy<IncomingRecord> predictionProgress() {
    return ProgressWatermarks.neverIdle();
  }

  /** The event time that the clean events of the source of labels have reached. */
  default WatermarkStrategy<IncomingRecord> labelProgress(
      dev.millrace.schemas.pipeline.Source source) {
    return ProgressWatermarks.strategy();
  }

  /** Whether the sources end. */
  default boolean isBounded() {
    return false;
  }

  /** Acknowledgements of alerts; empty where nobody acknowledges them. */
  default Optional<Source<IncomingRecord, ?, ?>> acknowledgements() {
    return Optional.empty();
  }

  /** The alerts that the job has published before. */
  default PublishedAlerts publishedAlerts() {
    return PublishedAlerts.NONE;
  }

  /** Training rows, each exactly once, and their progress. */
  Sink<OutcomeRecord> outcomes(Schema schema);

  Sink<DriftReport> reports();

  Sink<QualityReport> qualityReports();

  Sink<Alert> alerts();

  Sink<RetrainingTrigger> triggers();

  Sink<DeadLetterRecord> deadLetters();
}
