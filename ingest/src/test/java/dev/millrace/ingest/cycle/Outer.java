package dev.millrace.ingest.cycle;

import dev.millrace.ingest.cycle.inner.Inner;

/** Breaks the house's rule on purpose: its package and that of {@link Inner} need each other. */
public record Outer(Inner inner) {}
