package dev.millrace.drift.profile;

import java.util.Arrays;

/**
 * HyperLogLog (Flajolet, Fusy, Gandouet, Meunier 2007) with 512 registers: standard error 1.04 /
 * sqrt(512) = 4.6 %. Merging takes the larger of each pair of registers, so the result is the same
 * to the bit for any split and any order; library sketches keep an order-dependent running
 * estimate.
 */
final class Distinct {
  /** log2 of the number of registers: half a kilobyte of a feature's 8. */
  private static final int LOG_REGISTERS = 9;

  static final int REGISTERS = 1 << LOG_REGISTERS;

  /** The bias constant for 128 registers and more (Flajolet et al., figure 3). */
  private static final double BIAS = 0.7213 / (1 + 1.079 / REGISTERS);

  private final byte[] registers;

  Distinct() {
    this(new byte[REGISTERS]);
  }

  private Distinct(byte[] registers) {
    this.registers = registers;
  }

  static Distinct ofRegisters(byte[] registers) {
    if (registers.length != REGISTERS) {
      throw new IllegalArgumentException(
          REGISTERS + " HyperLogLog registers expected, not " + registers.length);
    }
    return new Distinct(registers.clone());
  }

  void addHash(long hash) {
    int register = (int) (hash >>> (Long.SIZE - LOG_REGISTERS));
    // The guard bit bounds the rank where all remaining bits are 0.
    byte rank =
        (byte)
            (1 + Long.numberOfLeadingZeros((hash << LOG_REGISTERS) | (1L << (LOG_REGISTERS - 1))));
    if (rank > registers[register]) {
      registers[register] = rank;
    }
  }

  Distinct copy() {
    return new Distinct(registers.clone());
  }

  Distinct merge(Distinct other) {
    for (int i = 0; i < REGISTERS; i++) {
      registers[i] = (byte) Math.max(registers[i], other.registers[i]);
    }
    return this;
  }

  long estimate() {
    double sum = 0;
    int empty = 0;
    for (byte register : registers) {
      sum += 1.0 / (1L << register);
      empty += register == 0 ? 1 : 0;
    }
    double raw = BIAS * REGISTERS * REGISTERS / sum;
    // Linear counting below 2.5 values a register (same paper, section 4).
    return Math.round(
        raw <= 2.5 * REGISTERS && empty > 0
            ? REGISTERS * Math.log((double) REGISTERS / empty)
            : raw);
  }

  byte[] registers() {
    return registers.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Distinct that && Arrays.equals(registers, that.registers);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(registers);
  }
}
