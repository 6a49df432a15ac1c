/**
 * The job of one pipeline: {@link dev.millrace.features.FeaturesMain} submits it, {@link
 * dev.millrace.features.FeaturesJob} connects it to Kafka, {@link
 * dev.millrace.features.FeaturesTopology} builds the operators between the topics.
 */
@NullMarked
package dev.millrace.features;

import org.jspecify.annotations.NullMarked;
