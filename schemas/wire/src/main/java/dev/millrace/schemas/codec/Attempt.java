package dev.millrace.schemas.codec;

/** What a decoder that does not wait can say of some bytes now. */
public sealed interface Attempt {

  /** The bytes are judged. */
  record Done(Decoded decoded) implements Attempt {}

  /**
   * Their writer schema is not known yet. The same bytes can be tried again later.
   *
   * @param reason why not, for people
   */
  record Pending(int schemaId, String reason) implements Attempt {}
}
