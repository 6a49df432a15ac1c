@NullMarked
package dev.millrace.inference.onnx;

import org.jspecify.annotations.NullMarked;
