package dev.millrace.schemas.pipeline.file;

import org.jspecify.annotations.Nullable;

/**
 * A key of the pipeline file. The readers read only such keys, and the JSON Schema of the file is
 * generated from them.
 *
 * @param form the form of its value
 * @param isRequired whether it must be given
 * @param defaultValue its value if it is left out, as written in the file; null: none, or it is in
 *     the description
 * @param description its meaning, as a phrase: the hover help of editors, and the expected value in
 *     the error for a missing key
 */
record KeySpec<F extends ValueSpec>(
    String name, F form, boolean isRequired, @Nullable String defaultValue, String description) {

  static <F extends ValueSpec> KeySpec<F> required(String name, F form, String description) {
    return new KeySpec<>(name, form, true, null, description);
  }

  static <F extends ValueSpec> KeySpec<F> optional(String name, F form, String description) {
    return new KeySpec<>(name, form, false, null, description);
  }

  static <F extends ValueSpec> KeySpec<F> optional(
      String name, F form, String defaultValue, String description) {
    return new KeySpec<>(name, form, false, defaultValue, description);
  }
}
