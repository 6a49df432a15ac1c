package dev.millrace.deploy.cycle.inner;

import dev.millrace.deploy.cycle.Outer;
import org.jspecify.annotations.Nullable;

/** The other half of the cycle. */
public record Inner(@Nullable Outer outer) {}
