package dev.millrace.features.source;

import org.jspecify.annotations.Nullable;

/**
 * A scored event on its way through the lookups: it asks each of them for the features of the
 * entity that it names, as of its own time.
 *
 * @param partition of the clean topic, with its {@code offset}
 * @param key of the event's record
 * @param entities by lookup; null where the event names none
 * @param own by lookup: the values that the event adds to the timeline of the entity that it asks
 *     about; null where it does not belong to that entity, or was added already
 * @param parts by lookup: the answers so far
 * @param complete whether all answers so far are: the source had passed the event's time
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
public record Question(
    String eventId,
    long timeMillis,
    int partition,
    long offset,
    String key,
    @Nullable String[] entities,
    @Nullable Values[] own,
    @Nullable Part[] parts,
    boolean complete) {

  /** The values of an event by slot of a {@link dev.millrace.features.view.ViewPlan}. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  public record Values(@Nullable Object[] slots) {}

  /**
   * The answer of a lookup.
   *
   * @param newestMillis event time of the entity's newest event as of the question
   * @param features in the order of the view's definition
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  public record Part(long newestMillis, @Nullable Object[] features) {}

  /** The key by which the question is sent to a lookup: the entity, or any value if it has none. */
  public String routing(int lookup) {
    String entity = entities[lookup];
    return entity == null ? eventId : entity;
  }

  /** The order of the event, see {@link EventOrder}. */
  public long order() {
    return EventOrder.of(partition, offset, false);
  }

  /** The question without the values for a lookup, after they were added. */
  public Question added(int lookup) {
    @Nullable Values[] rest = own.clone();
    rest[lookup] = null;
    return new Question(
        eventId, timeMillis, partition, offset, key, entities, rest, parts, complete);
  }

  /**
   * The question as if there were one lookup only, and with nothing but the answer of that. What is
   * kept in state so can be read when there are other lookups.
   */
  public Question only(int lookup) {
    @Nullable Part[] one = new @Nullable Part[] {parts[lookup]};
    @Nullable Values[] none = new @Nullable Values[1];
    @Nullable String[] asked = new @Nullable String[1];
    return new Question(eventId, timeMillis, partition, offset, key, asked, none, one, complete);
  }

  /**
   * The question with the answer of a lookup.
   *
   * @param part null if the entity has no event
   */
  public Question answered(int lookup, @Nullable Part part, boolean partComplete) {
    @Nullable Part[] all = parts.clone();
    all[lookup] = part;
    return new Question(
        eventId, timeMillis, partition, offset, key, entities, own, all, complete && partComplete);
  }
}
