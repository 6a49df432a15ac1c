package dev.millrace.drift.cycle.inner;

import dev.millrace.drift.cycle.Outer;
import org.jspecify.annotations.Nullable;

/** The other half of the cycle. */
public record Inner(@Nullable Outer outer) {}
