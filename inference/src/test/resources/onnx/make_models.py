"""Writes the small ONNX models that the tests of dev.millrace.inference.onnx load.

    python -m venv venv
    venv/bin/pip install onnx==1.23.2 skl2onnx==1.20.0 onnxmltools==1.16.0 scikit-learn==1.9.1 lightgbm==4.7.0 packaging
    venv/bin/python make_models.py

Run in this folder. The exporters are the real ones, so that the tests see what users bring.
"""

import numpy as np
import onnx
from onnx import TensorProto, helper
from onnxmltools import convert_lightgbm
from onnxmltools.convert.common.data_types import FloatTensorType as LightGbmFloat
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from lightgbm import LGBMClassifier
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder

OPSETS = [helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3)]


def save(name, model):
    model.ir_version = 8
    onnx.save(model, name)


def by_hand(name, nodes, inputs, outputs, initializers=()):
    graph = helper.make_graph(list(nodes), name, inputs, outputs, list(initializers))
    save(f"{name}.onnx", helper.make_model(graph, opset_imports=OPSETS))


def tensor(name, kind, *shape):
    return helper.make_tensor_value_info(name, kind, list(shape))


# y = x0 + 10 x1 + 100 x2, in each numeric element type that a single tensor may have.
for kind, label in [(TensorProto.FLOAT, "float"), (TensorProto.DOUBLE, "double"), (TensorProto.INT64, "int64"),
                    (TensorProto.INT32, "int32")]:
    weights = helper.make_tensor("w", kind, [3, 1], [1, 10, 100])
    by_hand(
        f"weigh-{label}",
        [helper.make_node("MatMul", ["x", "w"], ["y"])],
        [tensor("x", kind, "N", 3)],
        [tensor("y", kind, "N", 1)],
        [weights],
    )

# The same of element types that MatMul does not take.
for kind, label in [(TensorProto.FLOAT16, "float16"), (TensorProto.BOOL, "bool")]:
    by_hand(
        f"weigh-{label}",
        [
            helper.make_node("Cast", ["x"], ["x_float"], to=TensorProto.FLOAT),
            helper.make_node("MatMul", ["x_float", "w"], ["y"]),
        ],
        [tensor("x", kind, "N", 3)],
        [tensor("y", TensorProto.FLOAT, "N", 1)],
        [helper.make_tensor("w", TensorProto.FLOAT, [3, 1], [1, 10, 100])],
    )

# y = 1 where the integer is 2^53 + 1, which no double holds, and 0 elsewhere.
by_hand(
    "equals-int64",
    [
        helper.make_node("Equal", ["n", "wide"], ["equal"]),
        helper.make_node("Cast", ["equal"], ["y"], to=TensorProto.FLOAT),
    ],
    [tensor("n", TensorProto.INT64, "N", 1)],
    [tensor("y", TensorProto.FLOAT, "N", 1)],
    [helper.make_tensor("wide", TensorProto.INT64, [1], [2**53 + 1])],
)

# y = 1 for one text outside the basic multilingual plane, 2 for its replacement, 0 elsewhere.
by_hand(
    "words",
    [
        helper.make_node(
            "LabelEncoder",
            ["word"],
            ["y"],
            domain="ai.onnx.ml",
            keys_strings=["\U0001F600", "\uFFFD"],
            values_floats=[1.0, 2.0],
            default_float=0.0,
        )
    ],
    [tensor("word", TensorProto.STRING, "N", 1)],
    [tensor("y", TensorProto.FLOAT, "N", 1)],
)

# Loads, and then fails whatever it is given: three values are not four.
by_hand(
    "always-fails",
    [helper.make_node("Reshape", ["x", "shape"], ["square"]),
     helper.make_node("ReduceSum", ["square"], ["y"], keepdims=0)],
    [tensor("x", TensorProto.FLOAT, "N", 3)],
    [tensor("y", TensorProto.FLOAT)],
    [helper.make_tensor("shape", TensorProto.INT64, [2], [2, 2])],
)

# y = the element x - 100 of a table of five: fails for anything but 100 to 104. z is added to it.
by_hand(
    "lookup",
    [
        helper.make_node("Cast", ["x"], ["x_int"], to=TensorProto.INT64),
        helper.make_node("Sub", ["x_int", "first"], ["index"]),
        helper.make_node("Gather", ["table", "index"], ["found"]),
        helper.make_node("Add", ["found", "z"], ["y"]),
    ],
    [tensor("x", TensorProto.FLOAT, "N", 1), tensor("z", TensorProto.FLOAT, "N", 1)],
    [tensor("y", TensorProto.FLOAT, "N", 1)],
    [
        helper.make_tensor("first", TensorProto.INT64, [1], [100]),
        helper.make_tensor("table", TensorProto.FLOAT, [5], [0, 1, 2, 3, 4]),
    ],
)

# logarithm = ln(x): NaN below nought. Its shape is [N].
by_hand(
    "logarithm",
    [
        helper.make_node("Log", ["x"], ["log"]),
        helper.make_node("Squeeze", ["log", "axis"], ["logarithm"]),
    ],
    [tensor("x", TensorProto.FLOAT, "N", 1)],
    [tensor("logarithm", TensorProto.FLOAT, "N")],
    [helper.make_tensor("axis", TensorProto.INT64, [1], [1])],
)

# Declares an output of unknown shape and gives [N, 2, 2].
by_hand(
    "cube",
    [helper.make_node("Reshape", ["x", "shape"], ["y"])],
    [tensor("x", TensorProto.FLOAT, "N", 4)],
    [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
    [helper.make_tensor("shape", TensorProto.INT64, [3], [-1, 2, 2])],
)

# An output of text, and one fixed row only.
by_hand(
    "echo",
    [helper.make_node("Identity", ["word"], ["echo"])],
    [tensor("word", TensorProto.STRING, 1, 1)],
    [tensor("echo", TensorProto.STRING, 1, 1)],
)

# Every element type that a column may have; y is their sum, the flag as 0 or 1, the text ignored.
columns = {"f": TensorProto.FLOAT, "d": TensorProto.DOUBLE, "l": TensorProto.INT64, "i": TensorProto.INT32,
           "b": TensorProto.BOOL}
casts = [helper.make_node("Cast", [c], [f"{c}_double"], to=TensorProto.DOUBLE) for c in columns]
by_hand(
    "columns",
    casts + [helper.make_node("Sum", [f"{c}_double" for c in columns], ["y"]),
             helper.make_node("Identity", ["s"], ["text"])],
    [tensor(c, kind, "N", 1) for c, kind in columns.items()] + [tensor("s", TensorProto.STRING, "N", 1)],
    [tensor("y", TensorProto.DOUBLE, "N", 1), tensor("text", TensorProto.STRING, "N", 1)],
)

# Weights that stand in a file beside the model; once in the graph, once in the branch of an If.
outside = helper.make_tensor("w", TensorProto.FLOAT, [1], [1])
outside.ClearField("float_data")
outside.data_location = TensorProto.EXTERNAL
outside.external_data.add(key="location", value="../../../etc/hostname")
by_hand(
    "external-data",
    [helper.make_node("Add", ["x", "w"], ["y"])],
    [tensor("x", TensorProto.FLOAT, "N", 1)],
    [tensor("y", TensorProto.FLOAT, "N", 1)],
    [outside],
)
branch = helper.make_graph(
    [helper.make_node("Identity", ["w"], ["z"])], "branch", [], [tensor("z", TensorProto.FLOAT, 1)], [outside]
)
by_hand(
    "external-data-in-a-branch",
    [helper.make_node("If", ["c"], ["y"], then_branch=branch, else_branch=branch)],
    [tensor("c", TensorProto.BOOL, 1)],
    [tensor("y", TensorProto.FLOAT, 1)],
)

# What exporters write: classes as numbers, classes as text, text columns, and LightGBM.
random = np.random.default_rng(7)
x = random.normal(size=(400, 2)).astype(np.float32)
late = (x[:, 0] + 2 * x[:, 1] > 0).astype(np.int64)

logistic = LogisticRegression().fit(x, late)
save("sklearn-map-of-numbers.onnx", to_onnx(logistic, x[:1], target_opset={"": 17, "ai.onnx.ml": 3}))
save("sklearn-tensor.onnx", to_onnx(logistic, x[:1], options={"zipmap": False},
                                    target_opset={"": 17, "ai.onnx.ml": 3}))
words = LogisticRegression().fit(x, np.where(late == 1, "late", "on time"))
save("sklearn-map-of-text.onnx", to_onnx(words, x[:1], target_opset={"": 17, "ai.onnx.ml": 3}))

carrier = np.array(["AA", "UA", "WN"])[random.integers(0, 3, 400)]
table = np.array([carrier, x[:, 0]], dtype=object).T
encode = ColumnTransformer([("text", OneHotEncoder(handle_unknown="ignore"), [0])], remainder="passthrough")
by_column = Pipeline([("columns", encode), ("model", LogisticRegression())])
by_column.fit(table, (carrier == "WN").astype(np.int64))
save(
    "sklearn-columns.onnx",
    to_onnx(
        by_column,
        initial_types=[("carrier", StringTensorType([None, 1])), ("delay", FloatTensorType([None, 1]))],
        target_opset={"": 17, "ai.onnx.ml": 3},
    ),
)

boosted = LGBMClassifier(n_estimators=5, num_leaves=4, verbose=-1, n_jobs=1, random_state=7).fit(x, late)
save("lightgbm.onnx", convert_lightgbm(boosted, initial_types=[("input", LightGbmFloat([None, 2]))],
                                       target_opset=15))
print("expected:")
probe = np.array([[0.5, -0.1]], dtype=np.float32)
print("  logistic", logistic.predict_proba(probe)[0, 1])
print("  lightgbm", boosted.predict_proba(probe)[0, 1])
print("  columns", by_column.predict_proba(np.array([["WN", 0.5]], dtype=object))[0, 1],
      by_column.predict_proba(np.array([["", 0.5]], dtype=object))[0, 1])
