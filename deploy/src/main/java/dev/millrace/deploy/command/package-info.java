/** The subcommands of {@code millrace}. */
@NullMarked
package dev.millrace.deploy.command;

import org.jspecify.annotations.NullMarked;
