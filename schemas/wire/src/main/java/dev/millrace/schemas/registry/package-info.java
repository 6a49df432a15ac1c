/** The schema registry: questions to it, retries, and what is remembered of its answers. */
@NullMarked
package dev.millrace.schemas.registry;

import org.jspecify.annotations.NullMarked;
