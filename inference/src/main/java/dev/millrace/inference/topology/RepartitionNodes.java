package dev.millrace.inference.topology;

import dev.millrace.inference.repartition.AnswerPartitioner;
import dev.millrace.inference.repartition.EntityPartitioner;
import dev.millrace.inference.rows.ViewStore;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.topics.Topics;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.Topology;

/**
 * The nodes of repartitioned views: a sub-topology that keeps their rows and answers questions, and
 * the sink of the questions. All its tasks together have each row once.
 */
final class RepartitionNodes {
  private static final ByteArraySerializer WRITE = new ByteArraySerializer();

  private RepartitionNodes() {}

  static void add(Topology topology, TopologyInputs inputs, List<ViewStore> views) {
    Pipeline pipeline = inputs.pipeline();
    List<String> sources = new ArrayList<>(List.of(NodeName.ROW_QUESTIONS));
    InferenceTopology.addRows(topology, NodeName.ROW_QUESTIONS, Topics.rowQuestions(pipeline));
    for (ViewStore view : views) {
      String source = NodeName.features(view);
      InferenceTopology.addRows(topology, source, view.topic());
      sources.add(source);
    }
    topology.addProcessor(
        NodeName.ANSWER, () -> new AnswerProcessor(inputs), sources.toArray(String[]::new));
    for (ViewStore view : views) {
      topology.addStateStore(InferenceTopology.store(view.store()), NodeName.ANSWER);
    }
    topology.addSink(
        NodeName.ANSWERS_OUT,
        Topics.rowAnswers(pipeline),
        WRITE,
        WRITE,
        new AnswerPartitioner(),
        NodeName.ANSWER);
    topology.addSink(
        NodeName.ANSWER_DEAD_LETTERS, Topics.deadLetters(pipeline), WRITE, WRITE, NodeName.ANSWER);
    topology.addStateStore(InferenceTopology.store(NodeName.ASKED_EVENTS), NodeName.SCORE);
    topology.addSink(
        NodeName.QUESTIONS_OUT,
        Topics.rowQuestions(pipeline),
        WRITE,
        WRITE,
        new EntityPartitioner(),
        NodeName.SCORE);
  }
}
