package dev.millrace.schemas.registry;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;

/**
 * Answers lookups from memory while the registry is unavailable, so that records of known schemas
 * are decoded during an outage, also by a thread that replaced another one. While the registry
 * answers, it is still called: an id may be added to further subjects.
 */
final class CachingRegistry implements Registry {
  private final Registry registry;
  private final Map<Integer, Lookup.Found> found = new ConcurrentHashMap<>();

  CachingRegistry(Registry registry) {
    this.registry = registry;
  }

  @Override
  public Lookup lookup(int id) {
    try {
      Lookup answer = registry.lookup(id);
      // Only schemas that exist are kept, so garbage ids cannot fill the memory.
      if (answer instanceof Lookup.Found schema) {
        found.put(id, schema);
      }
      return answer;
    } catch (RegistryUnavailable e) {
      Lookup.Found known = found.get(id);
      if (known == null) {
        throw e;
      }
      return known;
    }
  }

  @Override
  public int register(String subject, Schema schema) {
    return registry.register(subject, schema);
  }

  @Override
  public void requireBackwardCompatibility(String subject) {
    registry.requireBackwardCompatibility(subject);
  }
}
