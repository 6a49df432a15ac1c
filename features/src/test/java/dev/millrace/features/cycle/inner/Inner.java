package dev.millrace.features.cycle.inner;

import dev.millrace.features.cycle.Outer;
import org.jspecify.annotations.Nullable;

/** The other half of the cycle. */
public record Inner(@Nullable Outer outer) {}
