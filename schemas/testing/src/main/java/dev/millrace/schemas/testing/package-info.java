/** Test support of several modules: the check of packages, example pipelines, names on the wire. */
@NullMarked
package dev.millrace.schemas.testing;

import org.jspecify.annotations.NullMarked;
