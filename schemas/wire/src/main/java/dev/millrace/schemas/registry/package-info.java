/** Access to the schema registry: over HTTP, with retries and a cache, or in memory for tests. */
@NullMarked
package dev.millrace.schemas.registry;

import org.jspecify.annotations.NullMarked;
