/** The subcommands of {@code millrace} except demo, and the options that select a cluster. */
@NullMarked
package dev.millrace.deploy.command;

import org.jspecify.annotations.NullMarked;
