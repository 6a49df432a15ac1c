/** What the tests of several modules share: the check of a module's packages, and pipelines. */
@NullMarked
package dev.millrace.schemas.testing;

import org.jspecify.annotations.NullMarked;
