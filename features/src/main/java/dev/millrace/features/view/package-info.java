/** What a feature view's definition means for its computation and for its state. Pure: no Flink. */
@NullMarked
package dev.millrace.features.view;

import org.jspecify.annotations.NullMarked;
