package dev.millrace.deploy.drift.view;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.schemas.avro.RetrainingTrigger;
import java.util.Collection;
import java.util.function.Function;
import org.apache.avro.generic.GenericRecord;

/** A run or a state as JSON, with the fields of the records as they are in the topics. */
public final class DriftJson {
  private DriftJson() {}

  /**
   * The text, indented.
   *
   * @param json converts a record
   */
  public static String of(DriftRun run, Function<GenericRecord, ObjectNode> json) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    object.put("pipeline", run.pipeline().name());
    object.put("from", run.from().toString());
    object.put("to", run.to().toString());
    object.put("false_alarms", run.drift().falseAlarms().toString());
    object.put("accepted_in_period", run.accepted());
    object.set("reports", array(run.reports(), json));
    object.set("quality_reports", array(run.quality(), json));
    object.set("alerts", array(run.alerts(), json));
    object.set("retraining_triggers", array(run.triggers(), json));
    return object.toPrettyString() + "\n";
  }

  /** The state as JSON, indented. */
  public static String of(DriftState state, Function<GenericRecord, ObjectNode> json) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    object.put("pipeline", state.pipeline().name());
    object.set("reports", array(state.reports(), json));
    object.set("quality_reports", array(state.quality(), json));
    object.set("alerts", array(state.alerts(), json));
    RetrainingTrigger trigger = state.trigger();
    object.set("last_trigger", trigger == null ? NullNode.instance : json.apply(trigger));
    return object.toPrettyString() + "\n";
  }

  private static ArrayNode array(
      Collection<? extends GenericRecord> records, Function<GenericRecord, ObjectNode> json) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    records.forEach(record -> array.add(json.apply(record)));
    return array;
  }
}
