package dev.millrace.schemas.pipeline;

import java.util.LinkedHashMap;
import java.util.Map;

/** The lookups that a pipeline has without naming them. */
public final class Lookups {
  private Lookups() {}

  /** A lookup of each view, under its name, by the fields of the view's entity. */
  public static Map<String, Lookup> ofViews(Map<String, FeatureView> views) {
    Map<String, Lookup> lookups = new LinkedHashMap<>();
    views.values().forEach(view -> lookups.put(view.name(), ofView(view)));
    return lookups;
  }

  /** The lookup of a view under its name, by the fields of its entity. */
  public static Lookup ofView(FeatureView view) {
    return new Lookup(view.name(), view, view.entity());
  }
}
