/** SHA-256 digests, in full and in the short form for versions and definitions. */
@NullMarked
package dev.millrace.schemas.digest;

import org.jspecify.annotations.NullMarked;
