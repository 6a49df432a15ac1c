package dev.millrace.inference.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import dev.millrace.inference.onnx.InputLayout.Slot;
import dev.millrace.inference.onnx.InputLayout.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The model's input tensors for one event. Tensors of numbers are created once and written for each
 * event, since they read from our buffers; tensors of text hold copies and are created each time.
 */
final class InputTensors implements AutoCloseable {
  private final OrtEnvironment environment;
  private final InputLayout layout;
  private final List<@Nullable ByteBuffer> buffers = new ArrayList<>();
  private final Map<String, OnnxTensor> tensors = new HashMap<>();

  InputTensors(OrtEnvironment environment, InputLayout layout) throws OrtException {
    this.environment = environment;
    this.layout = layout;
    for (Tensor tensor : layout.tensors()) {
      if (tensor.type() == OnnxJavaType.STRING) {
        buffers.add(null);
        continue;
      }
      ByteBuffer buffer =
          ByteBuffer.allocateDirect(tensor.elements() * tensor.type().size)
              .order(ByteOrder.nativeOrder());
      buffers.add(buffer);
      tensors.put(
          tensor.name(),
          OnnxTensor.createTensor(environment, buffer, tensor.shape(), tensor.type()));
    }
  }

  /** By name, as the session accepts them; valid until the next fill. */
  Map<String, OnnxTensor> tensors() {
    return tensors;
  }

  /**
   * Writes one event's inputs.
   *
   * @return the problem, if a tensor cannot hold its value; otherwise null
   */
  @Nullable String fill(@Nullable Object[] inputs) throws OrtException {
    for (int i = 0; i < inputs.length; i++) {
      Slot slot = layout.slots().get(i);
      Tensor tensor = layout.tensors().get(slot.tensor());
      ByteBuffer buffer = buffers.get(slot.tensor());
      if (buffer == null) {
        putText(tensor, inputs[i]);
      } else if (!Elements.write(buffer, tensor.type(), slot.element(), inputs[i])) {
        return "input '%s' is %s, which the model's tensor '%s' of %s cannot hold: export the model with float inputs"
            .formatted(
                slot.input(),
                inputs[i] == null ? "missing" : "not a whole number or out of its range",
                tensor.name(),
                tensor.type());
      }
    }
    return null;
  }

  /** The inputs as the tensors hold them, see {@link Scorer#asReceived}. */
  @Nullable Object[] asReceived(@Nullable Object[] inputs) {
    @Nullable Object[] seen = new @Nullable Object[inputs.length];
    for (int i = 0; i < inputs.length; i++) {
      Tensor tensor = layout.tensors().get(layout.slots().get(i).tensor());
      seen[i] = Elements.held(tensor.type(), inputs[i]);
    }
    return seen;
  }

  private void putText(Tensor tensor, @Nullable Object value) throws OrtException {
    Object held = Elements.held(OnnxJavaType.STRING, value);
    String[] text = {held == null ? "" : held.toString()};
    OnnxTensor last =
        tensors.put(tensor.name(), OnnxTensor.createTensor(environment, text, tensor.shape()));
    if (last != null) {
      last.close();
    }
  }

  @Override
  public void close() {
    tensors.values().forEach(OnnxTensor::close);
    tensors.clear();
  }
}
