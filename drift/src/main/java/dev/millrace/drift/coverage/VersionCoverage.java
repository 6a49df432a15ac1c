package dev.millrace.drift.coverage;

/** The counts of a model version's predictions. */
public record VersionCoverage(String modelVersion, CoverageCounts counts) {}
