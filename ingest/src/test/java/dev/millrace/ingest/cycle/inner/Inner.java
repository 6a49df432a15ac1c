package dev.millrace.ingest.cycle.inner;

import dev.millrace.ingest.cycle.Outer;
import org.jspecify.annotations.Nullable;

/** The other half of the cycle. */
public record Inner(@Nullable Outer outer) {}
