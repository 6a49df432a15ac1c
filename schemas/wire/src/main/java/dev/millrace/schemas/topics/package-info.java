/** The topics of a pipeline: names, schemas, settings and headers, and what creates them. */
@NullMarked
package dev.millrace.schemas.topics;

import org.jspecify.annotations.NullMarked;
