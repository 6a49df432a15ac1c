package dev.millrace.deploy.retrain;

import dev.millrace.schemas.pipeline.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads passwords and tokens. No message contains one.
 *
 * @param environment of the process
 */
record Secrets(Map<String, String> environment) {
  /** What a header may contain: a line break within it would be another header. */
  private static final Pattern PRINTABLE = Pattern.compile("\\p{Print}+");

  /**
   * The secret, without white space around it: files usually end with a line break.
   *
   * @throws SecretException if there is none
   */
  String read(Secret secret) throws SecretException {
    String name = name(secret);
    String text = text(secret);
    if (text == null || text.isBlank()) {
      throw new SecretException(
          "%s is %s; set it, or change retrain.call"
              .formatted(name, text == null ? "not set" : "empty"));
    }
    String stripped = text.strip();
    if (!PRINTABLE.matcher(stripped).matches()) {
      throw new SecretException(
          "%s contains characters that are not printable ASCII; write only the secret into it"
              .formatted(name));
    }
    return stripped;
  }

  /** The place of the secret, for messages. */
  static String name(Secret secret) {
    return secret instanceof Secret.OfFile file
        ? "the file " + file.path()
        : "the environment variable " + ((Secret.OfEnvironment) secret).variable();
  }

  private @Nullable String text(Secret secret) throws SecretException {
    if (secret instanceof Secret.OfFile file) {
      try {
        return Files.readString(Path.of(file.path()));
      } catch (IOException e) {
        throw new SecretException(
            "%s cannot be read (%s); this process needs it for retrain.call"
                .formatted(name(secret), e.getClass().getSimpleName()));
      }
    }
    return environment.get(((Secret.OfEnvironment) secret).variable());
  }
}
