package dev.millrace.inference.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.TensorInfo;
import dev.millrace.schemas.pipeline.InputType;
import dev.millrace.schemas.pipeline.ModelInput;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The place of each input of the pipeline in the tensors of the model, determined and checked once,
 * at the start: one tensor for all inputs, or one tensor per input.
 *
 * @param slots in the order of the pipeline's inputs
 */
record InputLayout(List<Tensor> tensors, List<Slot> slots) {

  /** One input tensor of the model, for one event: [1, elements], or [1] if its rank is 1. */
  record Tensor(String name, OnnxJavaType type, int rank, int elements) {
    long[] shape() {
      return rank == 1 ? new long[] {1} : new long[] {1, elements};
    }
  }

  /**
   * The place of one input of the pipeline.
   *
   * @param input its name, for messages
   * @param tensor index into {@link #tensors}
   * @param element index into the tensor
   */
  record Slot(String input, int tensor, int element) {}

  /**
   * Assigns the pipeline's inputs to the model's.
   *
   * @throws ModelException with all mismatches
   */
  static InputLayout of(Path model, Map<String, NodeInfo> wanted, List<ModelInput> given) {
    List<String> mistakes = new ArrayList<>();
    InputLayout layout =
        isMatrix(wanted, given)
            ? matrix(wanted.values().iterator().next(), given, mistakes)
            : columns(wanted, given, mistakes);
    if (!mistakes.isEmpty()) {
      throw new ModelException(
          "%s does not fit the pipeline's model.inputs:%n  %s"
              .formatted(model, String.join("\n  ", mistakes)));
    }
    return layout;
  }

  private static boolean isMatrix(Map<String, NodeInfo> wanted, List<ModelInput> given) {
    if (wanted.size() != 1) {
      return false;
    }
    TensorInfo tensor = tensor(wanted.values().iterator().next());
    return tensor != null
        && (Elements.NUMBERS.contains(tensor.type) || tensor.type == OnnxJavaType.BOOL)
        && (tensor.getShape().length == 2 || given.size() > 1);
  }

  private static InputLayout matrix(NodeInfo info, List<ModelInput> given, List<String> mistakes) {
    TensorInfo tensor = (TensorInfo) info.getInfo();
    String wanted = describe(info);
    if (!fits(tensor.getShape(), given.size())) {
      mistakes.add(
          "the model's %s takes a different number of values than the pipeline's %d inputs: %s"
              .formatted(wanted, given.size(), names(given)));
    }
    for (ModelInput input : given) {
      if (input.type() == InputType.TEXT) {
        mistakes.add(
            "the model's %s takes numbers, but the pipeline's input '%s' is text: leave it out, or export the model with one input per column"
                .formatted(wanted, input.name()));
      } else if (!holds(tensor.type, input.type())) {
        mistakes.add(
            "the model's %s cannot take the pipeline's input '%s', which is %s"
                .formatted(wanted, input.name(), words(input.type())));
      }
    }
    List<Slot> slots = new ArrayList<>();
    for (ModelInput input : given) {
      slots.add(new Slot(input.name(), 0, slots.size()));
    }
    return new InputLayout(
        List.of(new Tensor(info.getName(), tensor.type, 2, given.size())), slots);
  }

  private static InputLayout columns(
      Map<String, NodeInfo> wanted, List<ModelInput> given, List<String> mistakes) {
    Map<String, ModelInput> byName =
        given.stream().collect(Collectors.toMap(ModelInput::name, input -> input));
    Map<String, Integer> positions = new HashMap<>();
    List<Tensor> tensors = new ArrayList<>();
    for (NodeInfo info : wanted.values()) {
      ModelInput input = byName.get(info.getName());
      if (input == null) {
        mistakes.add(
            "the model's %s has no pipeline input of that name; there are: %s"
                .formatted(describe(info), names(given)));
        continue;
      }
      TensorInfo tensor = tensor(info);
      if (tensor == null || !takes(tensor, input.type())) {
        mistakes.add(
            "the model's %s cannot take the pipeline's input '%s', which is %s"
                .formatted(describe(info), input.name(), words(input.type())));
        continue;
      }
      positions.put(info.getName(), tensors.size());
      tensors.add(new Tensor(info.getName(), tensor.type, tensor.getShape().length, 1));
    }
    List<Slot> slots = new ArrayList<>();
    for (ModelInput input : given) {
      if (!wanted.containsKey(input.name())) {
        mistakes.add(
            "the model has no input for the pipeline's input '%s'; there are: %s"
                .formatted(
                    input.name(),
                    wanted.values().stream()
                        .map(InputLayout::describe)
                        .collect(Collectors.joining(", "))));
      }
      slots.add(new Slot(input.name(), positions.getOrDefault(input.name(), -1), 0));
    }
    return new InputLayout(tensors, slots);
  }

  private static boolean takes(TensorInfo tensor, InputType given) {
    long[] shape = tensor.getShape();
    boolean row = shape.length == 1 && (shape[0] == 1 || shape[0] == -1);
    return holds(tensor.type, given) && (row || fits(shape, 1));
  }

  private static boolean holds(OnnxJavaType type, InputType given) {
    return switch (given) {
      case TEXT -> type == OnnxJavaType.STRING;
      case NUMBER, INTEGER -> Elements.NUMBERS.contains(type);
      case BOOLEAN -> Elements.NUMBERS.contains(type) || type == OnnxJavaType.BOOL;
    };
  }

  private static boolean fits(long[] shape, int columns) {
    return shape.length == 2
        && (shape[0] == 1 || shape[0] == -1)
        && (shape[1] == columns || shape[1] == -1);
  }

  private static @Nullable TensorInfo tensor(NodeInfo info) {
    return info.getInfo() instanceof TensorInfo tensor ? tensor : null;
  }

  private static String describe(NodeInfo info) {
    TensorInfo tensor = tensor(info);
    return tensor == null
        ? "input '%s' (%s)".formatted(info.getName(), info.getInfo())
        : "input '%s' (%s)".formatted(info.getName(), describe(tensor));
  }

  /** In the notation of documentation: {@code float [N, 3]}. */
  static String describe(TensorInfo tensor) {
    return tensor.type.name().toLowerCase(Locale.ROOT)
        + " "
        + Arrays.stream(tensor.getShape())
            .mapToObj(size -> size == -1 ? "N" : Long.toString(size))
            .collect(Collectors.joining(", ", "[", "]"));
  }

  private static String words(InputType type) {
    return switch (type) {
      case NUMBER -> "a number";
      case INTEGER -> "a whole number";
      case TEXT -> "text";
      case BOOLEAN -> "a boolean";
    };
  }

  private static String names(List<ModelInput> inputs) {
    return inputs.stream().map(ModelInput::name).collect(Collectors.joining(", "));
  }
}
