/** The first main class of every child process: it ends the child when its parent ends. */
@NullMarked
package dev.millrace.deploy.child;

import org.jspecify.annotations.NullMarked;
