/** The entry point of the command line {@code millrace}, with its subcommands. */
@NullMarked
package dev.millrace.deploy;

import org.jspecify.annotations.NullMarked;
