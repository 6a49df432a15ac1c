/** How far stores are restored from their changelogs, and how far standbys are behind. */
@NullMarked
package dev.millrace.schemas.streams.restore;

import org.jspecify.annotations.NullMarked;
