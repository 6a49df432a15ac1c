package dev.millrace.drift.profile;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;

/**
 * A profile in bytes: format (1 byte), fingerprint of the bins (8), min and max (8 each), the
 * counts of values without a bin and the bins' counts (variable-length integers of 7 bits a byte,
 * low bits first), the distinct-count registers if any. The bins themselves are not repeated.
 */
final class ProfileCodec {
  private static final byte FORMAT = 1;
  private static final int MAX_VARINT_BYTES = 10;

  private ProfileCodec() {}

  static byte[] encode(Profile profile) {
    UnbinnedKind[] kinds = UnbinnedKind.values();
    long[] counts = profile.counts();
    ByteBuffer out =
        ByteBuffer.allocate(
            1
                + 3 * Long.BYTES
                + MAX_VARINT_BYTES * (kinds.length + counts.length)
                + Distinct.REGISTERS);
    out.put(FORMAT).putLong(profile.bins().fingerprint());
    out.putDouble(profile.min()).putDouble(profile.max());
    for (UnbinnedKind kind : kinds) {
      Varints.put(out, profile.count(kind));
    }
    for (long count : counts) {
      Varints.put(out, count);
    }
    Distinct distinct = profile.distinctSketch();
    if (distinct != null) {
      out.put(distinct.registers());
    }
    return Arrays.copyOf(out.array(), out.position());
  }

  static Profile decode(Bins bins, byte[] bytes) {
    try {
      ByteBuffer in = ByteBuffer.wrap(bytes);
      byte format = in.get();
      if (format != FORMAT) {
        throw new IllegalArgumentException(
            "a profile in format " + format + "; this release reads format " + FORMAT);
      }
      long fingerprint = in.getLong();
      if (fingerprint != bins.fingerprint()) {
        throw new IllegalArgumentException(
            "the profile was counted over bins "
                + Long.toHexString(fingerprint)
                + ", not over "
                + Long.toHexString(bins.fingerprint())
                + "; was the reference replaced without a new model version?");
      }
      double min = in.getDouble();
      double max = in.getDouble();
      Map<UnbinnedKind, Long> unbinned = new EnumMap<>(UnbinnedKind.class);
      for (UnbinnedKind kind : UnbinnedKind.values()) {
        unbinned.put(kind, Varints.get(in));
      }
      long[] counts = new long[bins.size()];
      Arrays.setAll(counts, i -> Varints.get(in));
      Distinct distinct = null;
      if (in.hasRemaining()) {
        byte[] registers = new byte[Distinct.REGISTERS];
        in.get(registers);
        distinct = Distinct.ofRegisters(registers);
      }
      if (in.hasRemaining()) {
        throw new IllegalArgumentException(in.remaining() + " bytes too many in a profile");
      }
      return Profile.restore(bins, counts, unbinned, min, max, distinct);
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("a profile cut off after " + bytes.length + " bytes", e);
    }
  }
}
