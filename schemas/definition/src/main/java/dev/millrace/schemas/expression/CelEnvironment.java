package dev.millrace.schemas.expression;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelOptions;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.CelValidationException;
import dev.cel.common.CelValidationResult;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.types.CelType;
import dev.cel.common.types.NullableType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.values.NullValue;
import dev.cel.compiler.CelCompilerBuilder;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.parser.CelMacro;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelFunctionBinding;
import dev.cel.runtime.CelFunctionOverload;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Configures CEL for expressions: nullable variables, ints and doubles mixed in arithmetic and
 * equality (an int is converted to a double), {@code has(x)} for {@code x != null}, and functions
 * of timestamps in call form ({@code getHours(t)}) in addition to CEL's {@code t.getHours()}.
 */
final class CelEnvironment {
  private static final CelOptions OPTIONS =
      CelOptions.current()
          .enableHeterogeneousNumericComparisons(true)
          .evaluateCanonicalTypesToNativeValues(true)
          .build();

  private static final List<String> TIME_FUNCTIONS =
      List.of(
          "getFullYear",
          "getMonth",
          "getDayOfYear",
          "getDayOfMonth",
          "getDate",
          "getDayOfWeek",
          "getHours",
          "getMinutes",
          "getSeconds",
          "getMilliseconds");

  private static final List<CelFunctionDecl> DECLARATIONS = new ArrayList<>();
  private static final List<CelFunctionBinding> BINDINGS = new ArrayList<>();

  static {
    mixed("_+_", SimpleType.DOUBLE, (a, b) -> a + b);
    mixed("_-_", SimpleType.DOUBLE, (a, b) -> a - b);
    mixed("_*_", SimpleType.DOUBLE, (a, b) -> a * b);
    mixed("_/_", SimpleType.DOUBLE, (a, b) -> a / b);
    mixed("_==_", SimpleType.BOOL, (a, b) -> a.doubleValue() == b.doubleValue());
    mixed("_!=_", SimpleType.BOOL, (a, b) -> a.doubleValue() != b.doubleValue());
  }

  private static final List<CelMacro> MACROS = macros();

  private static final CelRuntime RUNTIME =
      CelRuntimeFactory.standardCelRuntimeBuilder()
          .setOptions(OPTIONS)
          .addFunctionBindings(BINDINGS)
          .build();

  private CelEnvironment() {}

  /**
   * Parses and type-checks.
   *
   * @throws ExpressionException with the first error
   */
  static CelAbstractSyntaxTree check(String source, Map<String, Type> variables) {
    CelCompilerBuilder builder =
        CelCompilerFactory.standardCelCompilerBuilder()
            .setOptions(OPTIONS)
            .setStandardMacros(
                CelStandardMacro.ALL,
                CelStandardMacro.EXISTS,
                CelStandardMacro.EXISTS_ONE,
                CelStandardMacro.FILTER,
                CelStandardMacro.MAP)
            .addMacros(MACROS)
            .addFunctionDeclarations(DECLARATIONS);
    variables.forEach((name, type) -> builder.addVar(name, NullableType.create(celType(type))));
    CelValidationResult result = builder.build().compile(source);
    try {
      return result.getAst();
    } catch (CelValidationException invalid) {
      throw CelErrors.from(source, invalid.getErrors());
    }
  }

  static CelRuntime.Program program(CelAbstractSyntaxTree tree) {
    try {
      return RUNTIME.createProgram(tree);
    } catch (CelEvaluationException impossible) {
      throw new IllegalStateException("a checked expression has no program", impossible);
    }
  }

  private static CelType celType(Type type) {
    return switch (type) {
      case BOOLEAN -> SimpleType.BOOL;
      case LONG -> SimpleType.INT;
      case DOUBLE -> SimpleType.DOUBLE;
      case STRING -> SimpleType.STRING;
      case TIMESTAMP -> SimpleType.TIMESTAMP;
    };
  }

  private static void mixed(
      String name, CelType result, CelFunctionOverload.Binary<Double, Double> operation) {
    String intFirst = name + "int_double";
    String doubleFirst = name + "double_int";
    DECLARATIONS.add(
        CelFunctionDecl.newFunctionDeclaration(
            name,
            CelOverloadDecl.newGlobalOverload(intFirst, result, SimpleType.INT, SimpleType.DOUBLE),
            CelOverloadDecl.newGlobalOverload(
                doubleFirst, result, SimpleType.DOUBLE, SimpleType.INT)));
    BINDINGS.add(
        CelFunctionBinding.from(
            intFirst, Long.class, Double.class, (a, b) -> operation.apply(a.doubleValue(), b)));
    BINDINGS.add(
        CelFunctionBinding.from(
            doubleFirst, Double.class, Long.class, (a, b) -> operation.apply(a, b.doubleValue())));
  }

  private static List<CelMacro> macros() {
    List<CelMacro> macros = new ArrayList<>();
    for (String function : TIME_FUNCTIONS) {
      for (int arguments = 1; arguments <= 2; arguments++) {
        macros.add(
            CelMacro.newGlobalMacro(
                function,
                arguments,
                (factory, target, args) ->
                    Optional.of(
                        factory.newReceiverCall(
                            function, args.get(0), args.subList(1, args.size())))));
      }
    }
    macros.add(
        CelMacro.newGlobalMacro(
            "has",
            1,
            (factory, target, args) ->
                Optional.of(
                    factory.newGlobalCall(
                        "_!=_",
                        args.get(0),
                        factory.newConstant(CelConstant.ofValue(NullValue.NULL_VALUE))))));
    return List.copyOf(macros);
  }
}
