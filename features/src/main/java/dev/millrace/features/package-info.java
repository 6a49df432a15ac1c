/**
 * The Flink job that computes a pipeline's feature views: {@link
 * dev.millrace.features.FeaturesMain} wires, {@link dev.millrace.features.FeaturesJob} builds the
 * graph, the arithmetic is in {@code dev.millrace.features.aggregate}.
 */
@NullMarked
package dev.millrace.features;

import org.jspecify.annotations.NullMarked;
