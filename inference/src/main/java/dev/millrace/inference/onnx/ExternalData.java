package dev.millrace.inference.onnx;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/**
 * Finds tensors of a model whose data is in another file. ONNX Runtime would read any file that is
 * named there and that the process may read.
 *
 * <p>Reads the protobuf without building its messages: only fields that can contain a tensor are
 * entered. The field numbers are those of <a
 * href="https://github.com/onnx/onnx/blob/v1.19.0/onnx/onnx.proto">onnx.proto</a>.
 */
final class ExternalData {
  /** Deeper than exporters nest If, Loop and Scan. It bounds the recursion on hostile bytes. */
  private static final int MAX_DEPTH = 100;

  private static final int TENSOR_EXTERNAL_DATA = 13;
  private static final int NAME_TAG = 8 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
  private static final int DATA_LOCATION_TAG = 14 << 3 | WireFormat.WIRETYPE_VARINT;

  /** The fields of each message that can contain a tensor. */
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

  private final CodedInputStream in;

  private ExternalData(byte[] bytes) {
    this.in = CodedInputStream.newInstance(bytes);
  }

  /**
   * Names the first tensor with external data.
   *
   * @throws ModelException if the bytes are not protobuf
   */
  static Optional<String> find(byte[] model) {
    ExternalData search = new ExternalData(model);
    try {
      return search.find(Message.MODEL, 0);
    } catch (IOException e) {
      throw new ModelException(
          "The model is damaged or not an ONNX file: it cannot be parsed at byte %d of %d: %s"
              .formatted(search.in.getTotalBytesRead(), model.length, e.getMessage()),
          e);
    }
  }

  private Optional<String> find(Message message, int depth) throws IOException {
    if (depth > MAX_DEPTH) {
      return Optional.of("graphs nested more than " + MAX_DEPTH + " deep, or perhaps a tensor,");
    }
    Map<Integer, Message> children = message.children();
    String name = "";
    boolean external = false;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      int field = WireFormat.getTagFieldNumber(tag);
      int type = WireFormat.getTagWireType(tag);
      Message child = type == WireFormat.WIRETYPE_LENGTH_DELIMITED ? children.get(field) : null;
      if (child != null) {
        int outer = in.pushLimit(in.readRawVarint32());
        Optional<String> found = find(child, depth + 1);
        if (found.isPresent()) {
          return found;
        }
        in.popLimit(outer);
      } else if (message == Message.TENSOR && tag == NAME_TAG) {
        name = in.readBytes().toStringUtf8();
      } else if (message == Message.TENSOR && tag == DATA_LOCATION_TAG) {
        external |= in.readInt64() != 0;
      } else {
        external |= message == Message.TENSOR && field == TENSOR_EXTERNAL_DATA;
        skip(tag, type);
      }
    }
    return external ? Optional.of("tensor '" + name + "'") : Optional.empty();
  }

  /** ONNX has no groups; skipping hostile ones would recurse. */
  private void skip(int tag, int type) throws IOException {
    if (type == WireFormat.WIRETYPE_START_GROUP || !in.skipField(tag)) {
      throw new IOException("unexpected group");
    }
  }
}
