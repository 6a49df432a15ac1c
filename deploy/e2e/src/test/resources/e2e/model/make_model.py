"""Writes model.onnx: total is the sum of all numbers that are present (not NaN).

    python -m venv venv && venv/bin/pip install onnx==1.23.2 && venv/bin/python make_model.py
"""

import onnx
from onnx import TensorProto, helper

numbers = [
    "amount",
    "customer_count_20s",
    "customer_count_2m",
    "customer_amount_sum_20s",
    "customer_amount_sum_2m",
    "customer_amount_avg_20s",
    "customer_amount_avg_2m",
    "customer_amount_max_20s",
    "customer_amount_max_2m",
    "store_count_2m",
    "store_amount_sum_2m",
]
text = "customer_store_id_last_2m"


def column(name, kind):
    return helper.make_tensor_value_info(name, kind, ["N", 1])


graph = helper.make_graph(
    [
        helper.make_node("Concat", numbers, ["all"], axis=1),
        helper.make_node("IsNaN", ["all"], ["missing"]),
        helper.make_node("Where", ["missing", "zero", "all"], ["present"]),
        helper.make_node("ReduceSum", ["present", "axis"], ["total"], keepdims=1),
        helper.make_node("Identity", [text], ["store"]),
    ],
    "refund",
    [column(name, TensorProto.DOUBLE) for name in numbers] + [column(text, TensorProto.STRING)],
    [column("total", TensorProto.DOUBLE), column("store", TensorProto.STRING)],
    [helper.make_tensor("zero", TensorProto.DOUBLE, [1], [0]), helper.make_tensor("axis", TensorProto.INT64, [1], [1])],
)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
model.ir_version = 8
onnx.checker.check_model(model)
onnx.save(model, "model.onnx")
