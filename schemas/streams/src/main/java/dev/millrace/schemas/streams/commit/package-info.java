/** What a task does at its commits: a listener for them, and removals that wait for them. */
@NullMarked
package dev.millrace.schemas.streams.commit;

import org.jspecify.annotations.NullMarked;
