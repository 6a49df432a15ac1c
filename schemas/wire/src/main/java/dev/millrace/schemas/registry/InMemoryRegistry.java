package dev.millrace.schemas.registry;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.avro.Schema;

/**
 * A registry for tests of every module and of users of the producer. It does not check
 * compatibility and keeps its content in memory only, so it is not for production.
 */
public final class InMemoryRegistry implements Registry {
  private final List<Lookup.Found> entries = new ArrayList<>();

  @Override
  public synchronized Lookup lookup(int id) {
    return id >= 1 && id <= entries.size() ? entries.get(id - 1) : new Lookup.Unknown();
  }

  @Override
  public int register(String subject, Schema schema) {
    return register(subject, "AVRO", schema.toString());
  }

  @Override
  public void requireBackwardCompatibility(String subject) {}

  /** Registers a schema of any type; ids count from 1. */
  public synchronized int register(String subject, String type, String schema) {
    for (int i = 0; i < entries.size(); i++) {
      Lookup.Found found = entries.get(i);
      if (found.type().equals(type) && found.schema().equals(schema)) {
        Set<String> subjects = new HashSet<>(found.subjects());
        subjects.add(subject);
        entries.set(i, new Lookup.Found(type, schema, Set.copyOf(subjects)));
        return i + 1;
      }
    }
    entries.add(new Lookup.Found(type, schema, Set.of(subject)));
    return entries.size();
  }
}
