package dev.millrace.deploy.retrain;

import dev.millrace.schemas.pipeline.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads passwords and tokens, and replaces them in texts of a receiver, which may repeat what it
 * was sent. No message contains one. For one thread.
 */
final class Secrets {
  /** What a secret is replaced with. */
  static final String HIDDEN = "***";

  /** What a header may contain: a line break within it would be another header. */
  private static final Pattern PRINTABLE = Pattern.compile("\\p{Print}+");

  /** The newest ones, since a token is replaced again and again while the process runs. */
  private static final int REMEMBERED = 100;

  private final Map<String, String> environment;
  private final Set<String> remembered = new LinkedHashSet<>();

  /**
   * @param environment of the process
   */
  Secrets(Map<String, String> environment) {
    this.environment = environment;
  }

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
    remember(stripped);
    remember(stripped.replace("\\", "\\\\").replace("\"", "\\\"")); // As JSON repeats it.
    return stripped;
  }

  /** Hides another secret from now on, such as a token that a receiver has issued. */
  void remember(String secret) {
    remembered.remove(secret);
    remembered.add(secret);
    if (remembered.size() > REMEMBERED) {
      remembered.remove(remembered.iterator().next());
    }
  }

  /** The text with {@link #HIDDEN} in place of each secret. */
  String hide(String text) {
    // The longest first: a secret may be a part of another one.
    return remembered.stream()
        .sorted(Comparator.comparingInt(String::length).reversed())
        .reduce(text, (left, secret) -> left.replace(secret, HIDDEN));
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
