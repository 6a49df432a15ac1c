package dev.millrace.inference.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxMap;
import ai.onnxruntime.OnnxSequence;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.SequenceInfo;
import ai.onnxruntime.TensorInfo;
import dev.millrace.inference.onnx.Scored.Cause;
import dev.millrace.inference.onnx.Scored.Rejected;
import dev.millrace.inference.onnx.Scored.Score;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The place of the score in the model's outputs: {@code name} where the output has one, {@code
 * name[i]} for the i-th of a row, or for the class {@code i} of a map.
 *
 * @param output the output's name
 * @param key the text in brackets
 */
record ScoreOutput(String output, @Nullable String key) {
  private static final Pattern SYNTAX = Pattern.compile("(.+?)(?:\\[([^\\[\\]]*)])?");
  private static final Set<OnnxJavaType> NUMBERS =
      EnumSet.of(
          OnnxJavaType.FLOAT,
          OnnxJavaType.DOUBLE,
          OnnxJavaType.INT64,
          OnnxJavaType.INT32,
          OnnxJavaType.BOOL);

  /**
   * Finds the output that the pipeline names.
   *
   * @param score as in the pipeline file; null: the model's only output
   * @throws ModelException if the model has no such output, or it is not numeric
   */
  static ScoreOutput of(Path model, Map<String, NodeInfo> outputs, @Nullable String score) {
    if (score == null) {
      if (outputs.size() != 1) {
        throw mistake(
            model, outputs, "model.score is not given, and the model has several outputs");
      }
      return of(model, outputs, outputs.keySet().iterator().next());
    }
    Matcher syntax = SYNTAX.matcher(score);
    if (!syntax.matches()) {
      throw mistake(model, outputs, "model.score '%s' is not name or name[i]".formatted(score));
    }
    ScoreOutput found =
        outputs.containsKey(score)
            ? new ScoreOutput(score, null)
            : new ScoreOutput(syntax.group(1), syntax.group(2));
    NodeInfo info = outputs.get(found.output);
    if (info == null) {
      throw mistake(
          model, outputs, "model.score '%s' is not the name of an output".formatted(score));
    }
    String problem = found.check(info);
    if (problem != null) {
      throw mistake(model, outputs, "model.score '%s' %s".formatted(score, problem));
    }
    return found;
  }

  private static ModelException mistake(Path model, Map<String, NodeInfo> outputs, String what) {
    return new ModelException(
        "%s: %s; its outputs are %s"
            .formatted(
                model,
                what,
                outputs.values().stream()
                    .map(ScoreOutput::describe)
                    .collect(Collectors.joining(", "))));
  }

  private @Nullable String check(NodeInfo info) {
    if (info.getInfo() instanceof SequenceInfo sequence) {
      if (!sequence.isSequenceOfMaps() || !NUMBERS.contains(sequence.mapInfo.valueType)) {
        return "is a sequence without numbers";
      }
      return key == null ? "is a map of classes: name one, as in name[1]" : null;
    }
    if (!(info.getInfo() instanceof TensorInfo tensor) || !NUMBERS.contains(tensor.type)) {
      return "holds no numbers";
    }
    long[] shape = tensor.getShape();
    if (key != null && !key.matches("\\d{1,9}")) {
      return "has no number in its brackets";
    }
    if (shape.length == 0 || shape[shape.length - 1] == -1) {
      return null;
    }
    long columns = shape.length == 1 ? 1 : shape[1];
    if (shape.length > 2) {
      return "has more than one row per event";
    }
    if (key == null && columns > 1) {
      return "has %d values: name one, as in %s[%d]".formatted(columns, output, columns - 1);
    }
    return key != null && Integer.parseInt(key) >= columns
        ? "has %d values only".formatted(columns)
        : null;
  }

  /** In the notation of documentation: {@code probabilities (float [N, 2])}. */
  private static String describe(NodeInfo info) {
    return info.getInfo() instanceof TensorInfo tensor
        ? "%s (%s)".formatted(info.getName(), InputLayout.describe(tensor))
        : "%s (%s)".formatted(info.getName(), kind(info));
  }

  private static String kind(NodeInfo info) {
    return info.getInfo() instanceof SequenceInfo sequence && sequence.isSequenceOfMaps()
        ? "map by class, keys " + sequence.mapInfo.keyType
        : String.valueOf(info.getInfo());
  }

  /** Reads the score of one event from the model's output. */
  Scored read(OnnxValue value) throws OrtException {
    if (value instanceof OnnxTensor tensor) {
      return read(tensor);
    }
    if (value instanceof OnnxSequence sequence && sequence.getInfo().isSequenceOfMaps()) {
      List<? extends OnnxValue> rows = sequence.getValue();
      try {
        return rows.size() == 1
            ? read((OnnxMap) rows.get(0))
            : shape("has %d rows instead of 1".formatted(rows.size()));
      } finally {
        rows.forEach(OnnxValue::close);
      }
    }
    return shape("is neither a tensor nor a sequence of maps but " + value.getType());
  }

  private Scored read(OnnxTensor tensor) {
    TensorInfo info = tensor.getInfo();
    long[] shape = info.getShape();
    long columns = shape.length == 2 ? shape[1] : 1;
    int column = key == null ? 0 : Integer.parseInt(key);
    boolean fits =
        shape.length <= 2
            && (shape.length == 0 || shape[0] == 1)
            && column < columns
            && (key != null || columns == 1);
    if (!fits || !NUMBERS.contains(info.type)) {
      return shape("is %s %s".formatted(info.type, Arrays.toString(shape)));
    }
    ByteBuffer bytes = tensor.getByteBuffer();
    int at = column * info.type.size;
    return score(
        switch (info.type) {
          case FLOAT -> bytes.getFloat(at);
          case DOUBLE -> bytes.getDouble(at);
          case INT64 -> bytes.getLong(at);
          case INT32 -> bytes.getInt(at);
          default -> bytes.get(at);
        });
  }

  private Scored read(OnnxMap map) throws OrtException {
    for (Map.Entry<?, ?> entry : map.getValue().entrySet()) {
      if (String.valueOf(entry.getKey()).equals(key)) {
        return score(((Number) entry.getValue()).doubleValue());
      }
    }
    return shape("has no class %s, only %s".formatted(key, map.getValue().keySet()));
  }

  private Scored score(double value) {
    return Double.isFinite(value)
        ? new Score(value)
        : new Rejected(Cause.NOT_FINITE, "output '%s' is %s".formatted(this, value));
  }

  private Rejected shape(String what) {
    return new Rejected(Cause.SHAPE, "output '%s' %s".formatted(this, what));
  }

  /** As in the pipeline file. */
  @Override
  public String toString() {
    return key == null ? output : output + "[" + key + "]";
  }
}
