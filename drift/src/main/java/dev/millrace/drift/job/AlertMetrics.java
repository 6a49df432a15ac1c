package dev.millrace.drift.job;

import dev.millrace.drift.detect.Cause;
import dev.millrace.drift.profile.ModelReference;
import dev.millrace.schemas.avro.Alert;
import dev.millrace.schemas.avro.AlertStatus;
import dev.millrace.schemas.flink.job.PipelineMetrics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Shows the state of each cause, and counts its alarms. The newest alert of each cause is kept in
 * checkpoints: after a restart the state is right at once, and an alert that is sent again is not
 * counted again.
 */
final class AlertMetrics extends AbstractStreamOperator<Alert>
    implements OneInputStreamOperator<Alert, Alert> {
  private static final long serialVersionUID = 1L;

  private static final int NONE = 0;
  private static final int FIRING = 1;
  private static final int ACKNOWLEDGED = 2;

  private final String pipeline;
  private final String version;

  /** By cause; read by the threads of reporters. */
  private transient Map<String, Integer> states = new ConcurrentHashMap<>();

  private transient Map<String, String> newestIds = new HashMap<>();
  private transient Map<String, Counter> alarms = new HashMap<>();

  @SuppressWarnings("NullAway.Init")
  private transient ListState<List<String>> kept;

  AlertMetrics(ModelReference reference) {
    this.pipeline = reference.pipeline();
    this.version = reference.version();
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    states = new ConcurrentHashMap<>();
    newestIds = new HashMap<>();
    kept =
        context
            .getOperatorStateStore()
            .getListState(new ListStateDescriptor<>("newest-alerts", Types.LIST(Types.STRING)));
    for (List<String> alert : kept.get()) {
      states.put(alert.get(0), Integer.valueOf(alert.get(1)));
      newestIds.put(alert.get(0), alert.get(2));
    }
  }

  @Override
  public void open() throws Exception {
    super.open();
    alarms = new HashMap<>();
    MetricGroup model =
        PipelineMetrics.of(getMetricGroup(), pipeline).addGroup("model_version", version);
    for (Cause cause : Cause.values()) {
      MetricGroup group = model.addGroup("cause", cause.key());
      alarms.put(cause.key(), group.counter("alarms_total"));
      states.putIfAbsent(cause.key(), NONE);
      group.gauge("cause_state", (Gauge<Integer>) () -> states.get(cause.key()));
    }
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    List<List<String>> alerts = new ArrayList<>();
    newestIds.forEach(
        (cause, id) -> alerts.add(List.of(cause, String.valueOf(states.get(cause)), id)));
    kept.update(alerts);
  }

  @Override
  public void processElement(StreamRecord<Alert> element) {
    Alert alert = element.getValue();
    String cause = alert.getCause();
    Counter counter = alarms.get(cause);
    if (counter != null) {
      boolean isNew = !alert.getId().equals(newestIds.put(cause, alert.getId()));
      if (isNew && alert.getStatus() == AlertStatus.FIRING) {
        counter.inc();
      }
      states.put(cause, state(alert.getStatus()));
    }
    output.collect(element);
  }

  private static int state(AlertStatus status) {
    return switch (status) {
      case FIRING -> FIRING;
      case ACKNOWLEDGED -> ACKNOWLEDGED;
      case RESOLVED -> NONE;
    };
  }
}
