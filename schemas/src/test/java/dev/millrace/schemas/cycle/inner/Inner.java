package dev.millrace.schemas.cycle.inner;

import dev.millrace.schemas.cycle.Outer;
import org.jspecify.annotations.Nullable;

/** The other half of the cycle. */
public record Inner(@Nullable Outer outer) {}
