package dev.millrace.drift.cycle;

import dev.millrace.drift.cycle.inner.Inner;

/** Breaks the house's rule on purpose: its package and that of {@link Inner} need each other. */
public record Outer(Inner inner) {}
