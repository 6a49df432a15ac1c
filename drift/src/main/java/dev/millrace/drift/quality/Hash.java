package dev.millrace.drift.quality;

/** 64-bit hashes that are the same in every JVM. */
final class Hash {
  private Hash() {}

  /**
   * FNV-1a over UTF-16 units (Fowler, Noll, Vo), then the finalizer of MurmurHash3 for even high
   * bits.
   */
  static long of(String text) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
    }
    hash = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
    hash = (hash ^ (hash >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return hash ^ (hash >>> 33);
  }
}
