package dev.millrace.inference.onnx;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/**
 * Looks through a model for tensors whose data stands in another file. ONNX Runtime would follow
 * such a name, given as a path, to any file that the process may read.
 *
 * <p>Walks the protobuf without building it: only the fields that lead to a tensor are entered. The
 * field numbers are those of <a
 * href="https://github.com/onnx/onnx/blob/v1.19.0/onnx/onnx.proto">onnx.proto</a>.
 */
final class ExternalData {
  /** Deeper than any exporter nests If, Loop and Scan; bounds the recursion on hostile bytes. */
  private static final int MAX_DEPTH = 100;

  private static final int TENSOR_NAME = 8;
  private static final int TENSOR_EXTERNAL_DATA = 13;
  private static final int TENSOR_DATA_LOCATION = 14;

  /** The fields of each message that lead to a tensor. */
  private enum Message {
    MODEL,
    GRAPH,
    NODE,
    ATTRIBUTE,
    FUNCTION,
    TRAINING,
    SPARSE_TENSOR,
    TENSOR;

    Map<Integer, Message> children() {
      return switch (this) {
        case MODEL -> Map.of(7, GRAPH, 20, TRAINING, 25, FUNCTION);
        case GRAPH -> Map.of(1, NODE, 5, TENSOR, 15, SPARSE_TENSOR);
        case NODE -> Map.of(5, ATTRIBUTE);
        case ATTRIBUTE ->
            Map.of(
                5, TENSOR, 6, GRAPH, 10, TENSOR, 11, GRAPH, 22, SPARSE_TENSOR, 23, SPARSE_TENSOR);
        case FUNCTION -> Map.of(7, NODE, 11, ATTRIBUTE);
        case TRAINING -> Map.of(1, GRAPH, 2, GRAPH);
        case SPARSE_TENSOR -> Map.of(1, TENSOR, 2, TENSOR);
        case TENSOR -> Map.of();
      };
    }
  }

  private final byte[] bytes;
  private int at;

  private ExternalData(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Names the first tensor with external data, or says what is not protobuf. */
  static Optional<String> find(byte[] model) {
    return new ExternalData(model).find(Message.MODEL, model.length, 0);
  }

  private Optional<String> find(Message message, int end, int depth) {
    if (depth > MAX_DEPTH) {
      return Optional.of("graphs nested more than " + MAX_DEPTH + " deep, or perhaps a tensor,");
    }
    Map<Integer, Message> children = message.children();
    String name = "";
    boolean external = false;
    while (at < end) {
      long tag = varint(end);
      int field = (int) (tag >>> 3);
      int wireType = (int) tag & 7;
      if (wireType == 2) {
        int length = length(end);
        Message child = children.get(field);
        if (child != null) {
          Optional<String> found = find(child, at + length, depth + 1);
          if (found.isPresent()) {
            return found;
          }
        } else if (message == Message.TENSOR) {
          external |= field == TENSOR_EXTERNAL_DATA;
          if (field == TENSOR_NAME) {
            name = new String(bytes, at, length, StandardCharsets.UTF_8);
          }
          at += length;
        } else {
          at += length;
        }
      } else if (wireType == 0) {
        long value = varint(end);
        external |= message == Message.TENSOR && field == TENSOR_DATA_LOCATION && value != 0;
      } else {
        skipFixed(wireType, end);
      }
    }
    return external ? Optional.of("tensor '" + name + "'") : Optional.empty();
  }

  private void skipFixed(int wireType, int end) {
    int length =
        switch (wireType) {
          case 1 -> 8;
          case 5 -> 4;
          default -> throw notProtobuf();
        };
    if (length > end - at) {
      throw notProtobuf();
    }
    at += length;
  }

  private int length(int end) {
    long length = varint(end);
    if (length < 0 || length > end - at) {
      throw notProtobuf();
    }
    return (int) length;
  }

  private long varint(int end) {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      if (at >= end) {
        throw notProtobuf();
      }
      byte b = bytes[at++];
      value |= (long) (b & 0x7F) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw notProtobuf();
  }

  private ModelException notProtobuf() {
    return new ModelException(
        "The model is damaged or no ONNX file: its bytes stop making sense at byte %d of %d"
            .formatted(at, bytes.length));
  }
}
