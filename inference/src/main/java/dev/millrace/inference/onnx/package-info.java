/** Scoring with ONNX Runtime: loading a model, fitting it to the pipeline's inputs, calling it. */
@NullMarked
package dev.millrace.inference.onnx;

import org.jspecify.annotations.NullMarked;
