/** Writes rows as Parquet. */
@NullMarked
package dev.millrace.deploy.dataset.parquet;

import org.jspecify.annotations.NullMarked;
