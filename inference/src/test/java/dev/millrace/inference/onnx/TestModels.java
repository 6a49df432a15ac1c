package dev.millrace.inference.onnx;

import dev.millrace.schemas.expression.Expression;
import dev.millrace.schemas.expression.Type;
import dev.millrace.schemas.pipeline.InputType;
import dev.millrace.schemas.pipeline.ModelInput;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The models that make_models.py wrote. */
public final class TestModels {
  private TestModels() {}

  public static byte[] bytes(String name) {
    try (InputStream in = TestModels.class.getResourceAsStream("/onnx/" + name + ".onnx")) {
      if (in == null) {
        throw new IllegalArgumentException("no test model " + name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static ModelFile file(String name) {
    return ModelFile.of(Path.of(name + ".onnx"), bytes(name));
  }

  static OnnxModel load(String name, @Nullable String score, ModelInput... inputs) {
    return OnnxModel.load(file(name), List.of(inputs), score);
  }

  static ModelInput[] numbers(String... names) {
    return Arrays.stream(names).map(TestModels::number).toArray(ModelInput[]::new);
  }

  static ModelInput number(String name) {
    return input(name, InputType.NUMBER, Type.DOUBLE);
  }

  static ModelInput text(String name) {
    return input(name, InputType.TEXT, Type.STRING);
  }

  static ModelInput flag(String name) {
    return input(name, InputType.BOOLEAN, Type.BOOLEAN);
  }

  private static ModelInput input(String name, InputType type, Type variable) {
    Expression field = Expression.compile(name, Map.of(name, variable));
    return new ModelInput(name, field, ModelInput.Kind.SOURCE_FIELD, type);
  }
}
