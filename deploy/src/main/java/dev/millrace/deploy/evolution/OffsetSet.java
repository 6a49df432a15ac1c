package dev.millrace.deploy.evolution;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/**
 * A set of offsets: one bit for each offset of a block that contains one. An event that waits for
 * hours costs a block, not the offsets since then.
 */
final class OffsetSet {
  private static final int BLOCK = 4096;

  private final Map<Long, BitSet> blocks = new HashMap<>();
  private long size;

  /** The number of offsets. */
  long size() {
    return size;
  }

  /** Adds an offset; one that is there already changes nothing. */
  void add(long offset) {
    BitSet block = blocks.computeIfAbsent(offset / BLOCK, none -> new BitSet(BLOCK));
    int bit = (int) (offset % BLOCK);
    if (!block.get(bit)) {
      block.set(bit);
      size++;
    }
  }

  /** Removes an offset, and says whether it was there. */
  boolean remove(long offset) {
    BitSet block = blocks.get(offset / BLOCK);
    int bit = (int) (offset % BLOCK);
    if (block == null || !block.get(bit)) {
      return false;
    }
    block.clear(bit);
    size--;
    if (block.isEmpty()) {
      blocks.remove(offset / BLOCK);
    }
    return true;
  }

  /** Moves all offsets of another set into this one. */
  void takeAll(OffsetSet other) {
    other.blocks.forEach(
        (number, bits) -> {
          BitSet block = blocks.computeIfAbsent(number, none -> new BitSet(BLOCK));
          int before = block.cardinality();
          block.or(bits);
          size += block.cardinality() - before;
        });
    other.blocks.clear();
    other.size = 0;
  }
}
