/** The topics of a pipeline: names, schemas, settings, headers, and their provisioning. */
@NullMarked
package dev.millrace.schemas.topics;

import org.jspecify.annotations.NullMarked;
