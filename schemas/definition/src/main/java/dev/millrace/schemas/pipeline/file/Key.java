package dev.millrace.schemas.pipeline.file;

import org.jspecify.annotations.Nullable;

/**
 * A key of the pipeline file. The readers read only such keys, and the JSON Schema of the file is
 * generated from them.
 *
 * @param form what its value may be
 * @param isRequired whether it may not be left out
 * @param defaultValue what holds where it is left out, as the file would write it; null: nothing,
 *     or the description says it
 * @param description what it means, as a phrase: the hover help of editors, and what is expected
 *     where the key is missing
 */
record Key<F extends Form>(
    String name, F form, boolean isRequired, @Nullable String defaultValue, String description) {

  static <F extends Form> Key<F> required(String name, F form, String description) {
    return new Key<>(name, form, true, null, description);
  }

  static <F extends Form> Key<F> optional(String name, F form, String description) {
    return new Key<>(name, form, false, null, description);
  }

  static <F extends Form> Key<F> optional(
      String name, F form, String defaultValue, String description) {
    return new Key<>(name, form, false, defaultValue, description);
  }
}
