/**
 * Builds training sets: rows in Parquet, a profile for drift, and a manifest to build them again.
 */
@NullMarked
package dev.millrace.deploy.dataset;

import org.jspecify.annotations.NullMarked;
