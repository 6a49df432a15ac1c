package dev.millrace.inference.http;

import dev.millrace.inference.rows.ViewStore;
import dev.millrace.schemas.pipeline.Feature;
import java.util.List;

/**
 * A request for features of one view.
 *
 * @param keys the values of the entity's fields, for each entity
 * @param features those that are asked for, in the order of the answer
 * @param stale whether a copy may answer that is behind
 * @param forwarded whether another instance sent it, so that it is not sent on
 */
record ReadRequest(
    ViewStore view,
    List<List<String>> keys,
    List<Feature> features,
    boolean stale,
    boolean forwarded) {

  /** The text of an entity. */
  String entity(int key) {
    return view.view().entity().of(keys.get(key));
  }
}
