/** Shows what the drift job has published: as tables in a terminal, and as a page with plots. */
@NullMarked
package dev.millrace.deploy.drift.view;

import org.jspecify.annotations.NullMarked;
