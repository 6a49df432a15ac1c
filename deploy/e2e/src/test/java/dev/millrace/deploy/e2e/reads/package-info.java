/** The pipeline of feature reads: its instances, payments, answers, and their recomputation. */
@NullMarked
package dev.millrace.deploy.e2e.reads;

import org.jspecify.annotations.NullMarked;
