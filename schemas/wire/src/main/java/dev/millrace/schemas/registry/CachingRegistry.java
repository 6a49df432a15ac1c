package dev.millrace.schemas.registry;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;

/**
 * Answers from memory while the registry is away, so that data of known schemas flows on through an
 * outage, also for a thread that was replaced in it. The registry itself is asked first: ids may
 * join subjects.
 */
public final class CachingRegistry implements Registry {
  private final Registry registry;
  private final Map<Integer, Lookup.Found> found = new ConcurrentHashMap<>();

  public CachingRegistry(Registry registry) {
    this.registry = registry;
  }

  @Override
  public Lookup lookup(int id) {
    try {
      Lookup answer = registry.lookup(id);
      // Only what exists is kept, so garbage ids cannot fill the memory.
      if (answer instanceof Lookup.Found schema) {
        found.put(id, schema);
      }
      return answer;
    } catch (RegistryUnavailable e) {
      Lookup.Found remembered = found.get(id);
      if (remembered == null) {
        throw e;
      }
      return remembered;
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
