package dev.millrace.features;

import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.util.Collector;

/** Passes on the events of one view. */
final class EventsOfView implements FlatMapFunction<Incoming, ViewEvent> {
  private static final long serialVersionUID = 1L;

  private final int view;

  EventsOfView(int view) {
    this.view = view;
  }

  @Override
  public void flatMap(Incoming record, Collector<ViewEvent> out) {
    if (record instanceof ViewEvent event && event.view() == view) {
      out.collect(event);
    }
  }
}
