package dev.millrace.inference.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import dev.millrace.schemas.pipeline.ModelInput;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A model in ONNX Runtime, matched to a pipeline and warmed up. Safe for many threads. */
public final class OnnxModel implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(OnnxModel.class);

  private final ModelFile file;
  private final OrtSession session;
  private final InputLayout inputs;
  private final ScoreOutput output;
  private int warmUpRejections;

  private OnnxModel(
      ModelFile file, OrtSession session, List<ModelInput> inputs, @Nullable String score)
      throws OrtException {
    this.file = file;
    this.session = session;
    this.inputs = InputLayout.of(file.path(), session.getInputInfo(), inputs);
    this.output = ScoreOutput.of(file.path(), session.getOutputInfo(), score);
  }

  /**
   * Loads a model, checks it against the pipeline and calls it a few times.
   *
   * @param inputs of the pipeline, in the model's order
   * @param score which output is the score, see {@link dev.millrace.schemas.pipeline.Model#score}
   * @throws ModelException if it cannot be loaded, does not match, or never gives a score
   */
  public static OnnxModel load(ModelFile file, List<ModelInput> inputs, @Nullable String score) {
    OrtSession session = session(file);
    try {
      OnnxModel model = new OnnxModel(file, session, inputs, score);
      model.warmUp(inputs);
      return model;
    } catch (OrtException e) {
      close(session);
      throw new ModelException("%s cannot be run: %s".formatted(file.path(), e.getMessage()), e);
    } catch (ModelException e) {
      close(session);
      throw e;
    }
  }

  private static OrtSession session(ModelFile file) {
    try (SessionOptions options = new SessionOptions()) {
      // Events are small and stream threads are many: one thread per call, without spinning.
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      options.setExecutionMode(SessionOptions.ExecutionMode.SEQUENTIAL);
      options.addConfigEntry("session.intra_op.allow_spinning", "0");
      options.addConfigEntry("session.inter_op.allow_spinning", "0");
      return OrtEnvironment.getEnvironment().createSession(file.bytes(), options);
    } catch (OrtException e) {
      throw new ModelException(
          "ONNX Runtime cannot load %s: %s".formatted(file.path(), e.getMessage()), e);
    }
  }

  private void warmUp(List<ModelInput> given) {
    WarmUpResult result;
    try (Scorer scorer = scorer()) {
      result = WarmUpResult.run(file, scorer, given);
    }
    warmUpRejections = result.rejections();
    if (!result.warnings().isEmpty()) {
      log.warn(
          "{} gives no score for some inputs; a champion's events with such inputs become dead letters, and a shadow's have its rejection: {}",
          file.path(),
          String.join("; ", result.warnings()));
    }
  }

  /** The number of warm-up calls without a score; the log names them. */
  public int warmUpRejections() {
    return warmUpRejections;
  }

  /** The model's version, see {@link ModelFile#version}. */
  public String version() {
    return file.version();
  }

  /** A scorer for one thread, to be closed before the model. */
  public Scorer scorer() {
    try {
      return new OnnxScorer(session, inputs, output);
    } catch (OrtException e) {
      throw new ModelException("No tensors for %s: %s".formatted(file.path(), e.getMessage()), e);
    }
  }

  @Override
  public void close() {
    close(session);
  }

  private static void close(OrtSession session) {
    try {
      session.close();
    } catch (OrtException e) {
      log.warn("ONNX Runtime could not close a session", e);
    }
  }
}
