package dev.millrace.drift.profile;

import org.jspecify.annotations.Nullable;

/**
 * The counts of a reference's values in one block of time, as long as a window.
 *
 * @param startMillis its start
 * @param counts over the bins of the reference
 * @param unseenRows number of rows whose category no other block has: they would be UNSEEN if the
 *     reference were the other blocks; 0 for numbers, null if the profile was written without it
 */
public record Block(long startMillis, Profile counts, @Nullable Long unseenRows) {}
