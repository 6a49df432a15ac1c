package dev.millrace.features;

import dev.millrace.features.operator.AggregateOperator;
import dev.millrace.features.operator.FeatureRow;
import dev.millrace.features.operator.FeatureRowSerializer;
import dev.millrace.features.source.ViewEvent;
import dev.millrace.features.source.ViewEventExtractor;
import dev.millrace.features.source.ViewEventSerializer;
import dev.millrace.features.view.ViewFingerprint;
import dev.millrace.schemas.flink.sink.DeadLetterRecord;
import dev.millrace.schemas.flink.source.IncomingRecord;
import dev.millrace.schemas.pipeline.FeatureView;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Source;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

/**
 * The operators between the records of one source and the rows of its views.
 *
 * <p>The uids of the operators of views contain the fingerprint of all views of the source, as the
 * uid of the source does (see {@link FeaturesJob}).
 */
final class FeaturesTopology {
  private final Pipeline pipeline;
  private final Source source;
  private final List<FeatureView> views;

  FeaturesTopology(Pipeline pipeline, Source source) {
    this.pipeline = pipeline;
    this.source = source;
    this.views =
        pipeline.features().values().stream()
            .filter(view -> view.from().equals(source.name()))
            .toList();
  }

  /**
   * The streams computed from a source.
   *
   * @param rows by view
   */
  record Outputs(
      Map<FeatureView, DataStream<FeatureRow>> rows, DataStream<DeadLetterRecord> deadLetters) {}

  boolean hasViews() {
    return !views.isEmpty();
  }

  /** The fingerprint of all views over the source. */
  String fingerprint() {
    return ViewFingerprint.of(source, views);
  }

  /**
   * Adds the operators to the environment of the records.
   *
   * @param records of the source, including late ones, with watermarks
   */
  Outputs build(DataStream<IncomingRecord> records) {
    String extractor = source.name() + "-view-events";
    SingleOutputStreamOperator<ViewEvent> events =
        records
            .process(
                new ViewEventExtractor(pipeline.name(), source, views), ViewEventSerializer.TYPE)
            .name(extractor)
            .uid(extractor);
    Map<FeatureView, DataStream<FeatureRow>> rows = new LinkedHashMap<>();
    for (int i = 0; i < views.size(); i++) {
      rows.put(views.get(i), rows(events, views.get(i), i));
    }
    return new Outputs(rows, events.getSideOutput(DeadLetterRecord.OUTPUT));
  }

  private DataStream<FeatureRow> rows(DataStream<ViewEvent> events, FeatureView view, int index) {
    String filter = view.name() + "-input";
    String operator = view.name() + "-features";
    return events
        .filter(event -> event.view() == index)
        .name(filter)
        .uid(filter)
        .keyBy(ViewEvent::entity, Types.STRING)
        .transform(operator, FeatureRowSerializer.TYPE, new AggregateOperator(pipeline, view))
        .name(operator)
        .uid(operator + "-" + fingerprint());
  }
}
