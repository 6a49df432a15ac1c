package dev.millrace.inference.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.millrace.inference.onnx.Scored.Cause;
import dev.millrace.inference.onnx.Scored.Rejected;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Calls a session with one event at a time. Only the output with the score is computed. */
final class OnnxScorer implements Scorer {
  private final OrtSession session;
  private final InputTensors inputs;
  private final ScoreOutput output;
  private final Set<String> outputs;

  OnnxScorer(OrtSession session, InputLayout layout, ScoreOutput output) throws OrtException {
    this.session = session;
    this.inputs = new InputTensors(OrtEnvironment.getEnvironment(), layout);
    this.output = output;
    this.outputs = Set.of(output.output());
  }

  @Override
  public @Nullable Object[] asReceived(@Nullable Object[] values) {
    return inputs.asReceived(values);
  }

  @Override
  public Scored score(@Nullable Object[] values) {
    try {
      String problem = inputs.fill(values);
      if (problem != null) {
        return new Rejected(Cause.INPUT, problem);
      }
      try (OrtSession.Result result = session.run(inputs.tensors(), outputs)) {
        return output.read(result.get(0));
      }
    } catch (OrtException e) {
      return new Rejected(Cause.FAILED, "the model failed: " + e.getMessage());
    }
  }

  @Override
  public void close() {
    inputs.close();
  }
}
