package dev.millrace.schemas.codec;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.apache.avro.Resolver;
import org.apache.avro.Resolver.Action;
import org.apache.avro.Schema;

/** Finds the fields that are written as bytes and read as text, which Avro allows. */
final class BytesAsStringFields {
  private final Set<Schema> found = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Set<Action> visited = Collections.newSetFromMap(new IdentityHashMap<>());

  private BytesAsStringFields() {}

  /** The schemas of those fields in the action's writer schema, compared by identity. */
  static Set<Schema> in(Action action) {
    BytesAsStringFields search = new BytesAsStringFields();
    search.visit(action);
    return search.found;
  }

  private void visit(Action action) {
    if (!visited.add(action)) {
      return;
    }
    if (action instanceof Resolver.Promote promotion) {
      if (promotion.writer.getType() == Schema.Type.BYTES
          && promotion.reader.getType() == Schema.Type.STRING) {
        found.add(promotion.writer);
      }
    } else if (action instanceof Resolver.Container container) {
      visit(container.elementAction);
    } else if (action instanceof Resolver.RecordAdjust record) {
      visitAll(record.fieldActions);
    } else if (action instanceof Resolver.WriterUnion union) {
      visitAll(union.actions);
    } else if (action instanceof Resolver.ReaderUnion union) {
      visit(union.actualAction);
    }
  }

  private void visitAll(Action[] actions) {
    for (Action action : actions) {
      visit(action);
    }
  }
}
