/** Test support of several modules: the check of a module's packages, and example pipelines. */
@NullMarked
package dev.millrace.schemas.testing;

import org.jspecify.annotations.NullMarked;
