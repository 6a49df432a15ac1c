package dev.millrace.schemas.pipeline;

/** The operation by which a feature aggregates the events of its window. */
public enum Operation {
  /** Number of events, or of non-null inputs where the feature has an input. */
  COUNT,
  /** Sum of the inputs. */
  SUM,
  /** Arithmetic mean of the inputs. */
  AVG,
  /** Least input. */
  MIN,
  /** Greatest input. */
  MAX,
  /** Population standard deviation of the inputs. */
  STDDEV,
  /** Input of the newest event by event time, of any scalar type but timestamps. */
  LAST;

  /** Whether the operation works without an input. */
  public boolean needsInput() {
    return this != COUNT;
  }

  /** Whether the input must be a number. */
  public boolean needsNumber() {
    return this != COUNT && this != LAST;
  }
}
