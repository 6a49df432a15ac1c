package dev.millrace.drift.profile;

/** 64-bit hashes that are the same in every JVM. */
final class Hashes {
  private Hashes() {}

  /**
   * The finalizer of SplitMix64 with David Stafford's constants, "Mix13" (Steele, Lea, Flood: "Fast
   * splittable pseudorandom number generators", OOPSLA 2014).
   */
  static long mix(long z) {
    z += 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  /** FNV-1a over UTF-16 units (Fowler, Noll, Vo), then {@link #mix} for even high bits. */
  static long of(String text) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
    }
    return mix(hash);
  }
}
