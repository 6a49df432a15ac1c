package dev.millrace.schemas.pipeline;

import java.io.Serializable;

/**
 * A question that each scored event asks: the features of a view, of the entity that the event
 * names.
 *
 * @param name unique in the pipeline; the view's own unless the pipeline file gives another
 * @param key the fields of the scored source that name the entity, as many as the view's entity has
 */
public record Lookup(String name, FeatureView view, EntityKey key) implements Serializable {}
