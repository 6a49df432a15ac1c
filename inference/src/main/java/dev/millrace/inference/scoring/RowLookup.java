package dev.millrace.inference.scoring;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.inference.rows.NewestRows;
import dev.millrace.inference.rows.Row;
import dev.millrace.inference.rows.ViewAccess;
import dev.millrace.inference.waiting.CleanEvent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the row of each view for an event: the row that the event produced, or else the newest row
 * of its entity.
 *
 * @param newest rows by the index of their view
 */
public record RowLookup(List<ViewAccess> views, List<NewestRows> newest) {
  /** The rows by the index of their view; null: not found. */
  @Nullable Row[] find(CleanEvent event) {
    @Nullable Row[] rows = event.rows().clone();
    for (int view = 0; view < rows.length; view++) {
      byte[] entity = rows[view] == null ? entity(views.get(view), event) : null;
      if (entity != null) {
        rows[view] = newest.get(view).find(entity);
      }
    }
    return rows;
  }

  /** The key of the view's row, or null if the event names no entity. */
  private static byte @Nullable [] entity(ViewAccess view, CleanEvent event) {
    if (!view.isReplicated()) {
      return event.key();
    }
    String text = view.view().entity().of(event.fields());
    return text == null ? null : text.getBytes(UTF_8);
  }
}
