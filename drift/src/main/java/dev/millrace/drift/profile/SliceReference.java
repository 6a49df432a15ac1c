package dev.millrace.drift.profile;

import java.util.List;

/**
 * What the predictions of one slice are compared with: the training rows of the same slice, over
 * the bins of all rows.
 *
 * @param slice the slice
 * @param references in the order of the model's features
 * @param blocks of each reference, in the order of time; empty if there are none
 */
public record SliceReference(Slice slice, List<Reference> references, List<List<Block>> blocks) {
  /** Copies the lists. */
  public SliceReference {
    references = List.copyOf(references);
    blocks = List.copyOf(blocks);
  }
}
