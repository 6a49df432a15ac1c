/** What runs inside the platform's child processes, around the programs that they run. */
@NullMarked
package dev.millrace.deploy.child;

import org.jspecify.annotations.NullMarked;
