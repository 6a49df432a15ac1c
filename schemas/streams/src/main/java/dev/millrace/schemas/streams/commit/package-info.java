/** Actions at the commits of a task: a listener, and removals that wait for the next commit. */
@NullMarked
package dev.millrace.schemas.streams.commit;

import org.jspecify.annotations.NullMarked;
