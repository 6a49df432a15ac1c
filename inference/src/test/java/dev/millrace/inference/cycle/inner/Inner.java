package dev.millrace.inference.cycle.inner;

import dev.millrace.inference.cycle.Outer;
import org.jspecify.annotations.Nullable;

/** The other half of the cycle. */
public record Inner(@Nullable Outer outer) {}
