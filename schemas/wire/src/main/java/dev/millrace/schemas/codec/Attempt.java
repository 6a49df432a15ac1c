package dev.millrace.schemas.codec;

/** The result of decoding some bytes without waiting for the registry. */
public sealed interface Attempt {

  /** The bytes are decoded or rejected. */
  record Done(Decoded decoded) implements Attempt {}

  /**
   * The writer schema is not known yet. The same bytes can be decoded later.
   *
   * @param reason why it is not known, as a readable message
   */
  record Pending(int schemaId, String reason) implements Attempt {}
}
