package dev.millrace.schemas.pipeline;

/** Where the rows of a view are kept whose entity is not the key of the scored events. */
public enum Join {
  /** Every instance has all rows. */
  REPLICATED,
  /** Each instance has the rows of its partitions, and asks the others for those that it needs. */
  REPARTITION
}
